import { formatCount } from '../lib/money-format.ts'
import { useLocale } from '../lib/use-locale.ts'

export function CountText({ count }: { count: number }) {
  return <span className="tabular">{formatCount(count, useLocale())}</span>
}
