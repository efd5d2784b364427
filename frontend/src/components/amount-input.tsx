import { TextInput } from '@mantine/core'
import type { TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { decimalMarkOfLocale, formatAmount } from '../lib/money-format.ts'
import { parseAmount } from '../lib/money-input.ts'
import { useLocale } from '../lib/use-locale.ts'

export interface AmountInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'defaultValue'> {
  /** Minor units; null while there is no readable amount. */
  value?: number | null
  onChange: (minor: number | null) => void
  currency: string
  /** A typed sign goes here and is taken off the amount; without it amounts keep their sign. */
  onSign?: ((sign: '-' | '+') => void) | undefined
}

/** Takes an amount as people type it, in any of the three languages, and tells exact minor units or what is wrong. */
export function AmountInput({
  value = null,
  onChange,
  currency,
  onSign,
  error,
  onBlur,
  ...rest
}: AmountInputProps) {
  const { t } = useTranslation()
  const locale = useLocale()
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const shown = typed ?? (value === null ? '' : formatAmount(value, currency, locale))

  const read = (text: string): void => {
    setTyped(text)
    setProblem(null)
    const sign = /^\s*([+-])/.exec(text)?.[1]
    if (onSign && (sign === '-' || sign === '+')) onSign(sign)
    const result = parseAmount(text, currency, decimalMarkOfLocale(locale))
    if (!result.ok) return onChange(null)
    onChange(onSign ? Math.abs(result.minor) : result.minor)
  }

  const settle = (): void => {
    if (typed === null) return
    const result = parseAmount(typed, currency, decimalMarkOfLocale(locale))
    if (result.ok || result.reason === 'empty') setTyped(null)
    else setProblem(t(`amount.${result.reason}`, { currency }))
  }

  return (
    <TextInput
      inputMode="decimal"
      autoComplete="off"
      placeholder={formatAmount(0, currency, locale)}
      rightSection={<span className="tabular">{currency}</span>}
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      styles={{
        input: { fontVariantNumeric: 'tabular-nums' },
        section: { fontSize: 12, color: 'var(--ink-soft)' },
      }}
      {...rest}
      value={shown}
      error={problem ?? error}
      onChange={(event) => read(event.currentTarget.value)}
      onBlur={(event) => {
        settle()
        onBlur?.(event)
      }}
    />
  )
}
