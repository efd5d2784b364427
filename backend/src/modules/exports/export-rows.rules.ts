import { decimalFromMinor, currencyExponent } from '@chronos/contracts/money'
import type { Row } from '../../platform/archive.ts'

/** Beside every amount in minor units, the same as a decimal text: `amount` of `amount_minor`, exact to the last digit. */
export function withDecimals(row: Row): Row {
  const { currency } = row
  if (typeof currency !== 'string') return row
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) =>
      column.endsWith('_minor') && typeof value === 'number'
        ? [
            [column, value],
            [column.slice(0, -'_minor'.length), decimalFromMinor(value, currencyExponent(currency))],
          ]
        : [[column, value]],
    ),
  ) as Row
}
