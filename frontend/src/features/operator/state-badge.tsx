import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TenantState } from './operator-queries.ts'

const COLORS: Record<TenantState, string> = { active: 'mate', suspended: 'maracuja', deleting: 'goiaba' }

export function StateBadge({ state }: { state: TenantState }) {
  const { t } = useTranslation()
  return (
    <Badge color={COLORS[state]} variant="light" tt="none" autoContrast>
      {t(`operator.state.${state}`)}
    </Badge>
  )
}
