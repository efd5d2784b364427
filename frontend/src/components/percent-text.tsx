import { formatPercent } from '../lib/money-format.ts'
import { useLocale } from '../lib/use-locale.ts'

/** @param percent 0 to 100 and beyond */
export function PercentText({ percent }: { percent: number }) {
  return <span className="tabular">{formatPercent(percent, useLocale())}</span>
}
