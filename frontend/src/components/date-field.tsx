import '@mantine/dates/styles.layer.css'
import 'dayjs/locale/es'
import 'dayjs/locale/pt-br'
import { DateInput } from '@mantine/dates'
import type { DateInputProps } from '@mantine/dates'
import { useTranslation } from 'react-i18next'
import { dateOrderOf, parseDateText } from '../lib/date-input.ts'
import { useToday } from '../lib/session.tsx'
import { useLocale } from '../lib/use-locale.ts'
import { IconCalendar } from './icons.ts'

interface DateFieldProps extends Omit<DateInputProps, 'value' | 'onChange' | 'dateParser' | 'locale'> {
  /** YYYY-MM-DD */
  value?: string | null
  onChange: (date: string | null) => void
}

/** A calendar date: typed ("23/11", "ontem"), or picked. */
export function DateField({ value = null, onChange, ...rest }: DateFieldProps) {
  const { t } = useTranslation()
  const locale = useLocale()
  const today = useToday()
  return (
    <DateInput
      valueFormat={dateOrderOf(locale) === 'MDY' ? 'MM/DD/YYYY' : 'DD/MM/YYYY'}
      leftSection={<IconCalendar size={16} aria-hidden />}
      leftSectionPointerEvents="none"
      firstDayOfWeek={0}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      highlightToday
      autoComplete="off"
      {...rest}
      locale={locale.toLowerCase()}
      dateParser={(text) => parseDateText(text, locale, today)}
      value={value}
      onChange={onChange}
    />
  )
}
