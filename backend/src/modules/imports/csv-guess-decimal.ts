/** The decimal mark of a file: decided over whole columns, never from one number. */
import { currencyExponent } from '@chronos/contracts/money'
import type { DecimalMark } from './amount-text.ts'
import type { CsvDelimiter } from './csv-records.ts'
import type { ColumnFacts } from './csv-survey.ts'

/** Currencies whose banks seldom print the hundredths: a lone group of three is thousands. */
const WHOLE_UNITS = new Set(['COP', 'IDR', 'HUF', 'CRC', 'RSD', 'NGN'])

export interface DecimalGuess {
  mark: DecimalMark
  certain: boolean
}

/**
 * @param money the columns the amounts are read from
 * @param others further numbers of the file (balance, rates, foreign amounts): second witnesses
 */
export function chooseDecimalMark(
  money: readonly ColumnFacts[],
  others: readonly ColumnFacts[],
  currency: string,
  delimiter: CsvDelimiter,
): DecimalGuess {
  const own = sumShapes(money)
  if (own.dot + own.comma > 0) {
    const mark = own.dot >= own.comma ? '.' : ','
    return { mark, certain: Math.min(own.dot, own.comma) <= Math.max(own.dot, own.comma) * 0.2 }
  }
  const lone = own.maybeDot + own.maybeComma
  if (lone === 0) return { mark: '.', certain: true }
  const further = sumShapes(others)
  if (further.dot !== further.comma && Math.min(further.dot, further.comma) === 0) {
    return { mark: further.dot > further.comma ? '.' : ',', certain: true }
  }
  if (own.maybeDot > 0 && own.maybeComma > 0) return { mark: '.', certain: false }
  const asDecimal: DecimalMark = own.maybeDot > 0 ? '.' : ','
  const asGroup: DecimalMark = own.maybeDot > 0 ? ',' : '.'
  const exponent = currencyExponent(currency)
  if (exponent === 3) return { mark: asDecimal, certain: true }
  if (exponent === 0 || WHOLE_UNITS.has(currency)) return { mark: asGroup, certain: true }
  // 12000 beside 1.500: thousands are not grouped here. 500 beside 1.500: they are, and hundredths are not printed.
  if (own.longIntegers > 0) return { mark: asDecimal, certain: true }
  if (own.integers > 0) return { mark: asGroup, certain: true }
  // A comma-divided file with a dot in every amount, small ones too: three decimals throughout.
  const divided = delimiter === ',' && asDecimal === '.' && lone >= 3
  return { mark: divided ? asDecimal : asGroup, certain: divided }
}

function sumShapes(columns: readonly ColumnFacts[]) {
  const sum = { dot: 0, comma: 0, maybeDot: 0, maybeComma: 0, integers: 0, longIntegers: 0 }
  for (const { amounts } of columns) {
    sum.dot += amounts.shapes.dot
    sum.comma += amounts.shapes.comma
    sum.maybeDot += amounts.shapes['maybe-dot']
    sum.maybeComma += amounts.shapes['maybe-comma']
    sum.integers += amounts.integers - amounts.longIntegers
    sum.longIntegers += amounts.longIntegers
  }
  return sum
}
