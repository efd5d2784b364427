import { createFileRoute } from '@tanstack/react-router'
import { MyDataPage } from '../../../features/privacy/my-data-page.tsx'

export const Route = createFileRoute('/_app/settings/data')({ component: MyDataPage })
