import { Card } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../components/page-header.tsx'
import { ActsList } from './acts-list.tsx'

export function ActsPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('operator.pages.acts')} hint={t('operator.acts_hint')} />
      <Card p="xs">
        <ActsList />
      </Card>
    </>
  )
}
