import { SegmentedControl } from '@mantine/core'
import type { SegmentedControlProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Flow } from './flow.ts'

interface FlowSwitchProps extends Omit<SegmentedControlProps, 'value' | 'onChange' | 'data'> {
  value: Flow
  onChange: (flow: Flow) => void
}

export function FlowSwitch({ value, onChange, ...rest }: FlowSwitchProps) {
  const { t } = useTranslation()
  return (
    <SegmentedControl
      aria-label={t('transactions.direction')}
      {...rest}
      value={value}
      onChange={(next) => onChange(next === 'income' ? 'income' : 'expense')}
      data={[
        { value: 'expense', label: t('transactions.expense') },
        { value: 'income', label: t('transactions.income') },
      ]}
    />
  )
}
