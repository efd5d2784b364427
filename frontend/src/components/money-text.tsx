import { useContext } from 'react'
import { formatMoney } from '../lib/money-format.ts'
import { SessionContext } from '../lib/session.tsx'
import { useLocale } from '../lib/use-locale.ts'
import classes from './money-text.module.css'

interface MoneyTextProps {
  /** Minor units; negative is money out, or debt. */
  minor: number
  currency: string
  /** `flow`: green with a plus for money in. `balance`: red below zero. */
  tone?: 'plain' | 'flow' | 'balance'
  /** `display` sets the figure large, in the heading's typeface. */
  size?: 'inherit' | 'lead' | 'display'
  className?: string
}

/** The one way in which an amount is shown: exact, with its currency, figures of one width. */
export function MoneyText({ minor, currency, tone = 'plain', size = 'inherit', className }: MoneyTextProps) {
  const locale = useLocale()
  const home = useContext(SessionContext)?.tenant.currency === currency
  const text = formatMoney(minor, currency, locale, { sign: tone === 'flow' ? 'always' : 'auto', home })
  const mood = tone === 'flow' && minor > 0 ? 'in' : tone === 'balance' && minor < 0 ? 'debt' : undefined
  return (
    <span className={`${classes['money']} ${className ?? ''}`} data-mood={mood} data-size={size}>
      {text}
    </span>
  )
}
