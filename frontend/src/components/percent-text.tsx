import { formatPercent } from '../lib/money-format.ts'
import { useLocale } from '../lib/use-locale.ts'

/** @param percent 0 to 100 and beyond */
export function PercentText({ percent }: { percent: number }) {
  // Almost all is not all: 99.98 % of a budget still leaves something.
  const shown = percent > 99 && percent < 100 ? 99 : percent
  return <span className="tabular">{formatPercent(shown, useLocale())}</span>
}
