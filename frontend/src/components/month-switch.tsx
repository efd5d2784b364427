import { ActionIcon, Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { addMonths, formatMonth, monthOf } from '../lib/date-format.ts'
import { useToday } from '../lib/session.tsx'
import { useLocale } from '../lib/use-locale.ts'
import { IconChevronLeft, IconChevronRight } from './icons.ts'

/** Goes from month to month; the name in the middle leads back to this one. */
export function MonthSwitch({ month, onChange }: { month: string; onChange: (month: string) => void }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const current = monthOf(useToday())
  return (
    <Group gap={4} wrap="nowrap" role="group" aria-label={t('common.month')}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t('common.previous_month')}
        onClick={() => onChange(addMonths(month, -1))}
      >
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <Button
        variant="default"
        miw={168}
        aria-live="polite"
        title={t('common.back_to_this_month')}
        onClick={() => onChange(current)}
      >
        {formatMonth(month, locale)}
      </Button>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t('common.next_month')}
        onClick={() => onChange(addMonths(month, 1))}
      >
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
    </Group>
  )
}
