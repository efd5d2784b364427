import { Anchor, Group, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** A card's name, with the way to all of it. */
export function CardHead({ title, to }: { title: string; to: '/accounts' | '/budgets' | '/transactions' }) {
  const { t } = useTranslation()
  return (
    <Group justify="space-between" align="baseline" mb="sm" wrap="nowrap">
      <Title order={2}>{title}</Title>
      <Anchor
        component={Link}
        to={to}
        size="sm"
        fw={600}
        style={{ whiteSpace: 'nowrap' }}
        aria-label={t('dashboard.see_all_of', { what: title })}
      >
        {t('dashboard.see_all')}
      </Anchor>
    </Group>
  )
}
