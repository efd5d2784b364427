import { formatInstant } from '../../lib/date-format.ts'
import { browserTimeZone } from '../session/browser-guess.ts'
import { useLocale } from '../../lib/use-locale.ts'

/** An instant on the operator's own clock: there is no workspace here whose clock it could be. */
export function OperatorTime({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} className="tabular">
      {formatInstant(instant, useLocale(), browserTimeZone())}
    </time>
  )
}
