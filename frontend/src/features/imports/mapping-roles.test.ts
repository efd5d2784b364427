import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { describe, expect, it } from 'vitest'
import { BLANK, optionsOf, rolesOf, toMapping } from './mapping-roles.ts'

const GUESSES: CsvMapping[] = [
  {
    ...BLANK,
    date: { column: 0, order: 'DMY' },
    amount: { style: 'signed', column: 3, positive: 'out' },
    descriptionColumns: [1, 2],
    balanceColumn: 4,
  },
  {
    ...BLANK,
    date: { column: 1, order: 'YMD' },
    amount: { style: 'pair', outColumn: 2, inColumn: 3, outNegative: true, inNegative: false },
    descriptionColumns: [0],
  },
  {
    ...BLANK,
    date: { column: 0, order: 'MDY' },
    amount: { style: 'flag', column: 2, flagColumn: 3, inMarks: ['C'], outMarks: ['D'], blank: 'out' },
    descriptionColumns: [1],
    payeeColumn: 4,
  },
]

describe('a CSV layout as roles', () => {
  it.each(GUESSES)('comes back as it was ($amount.style)', (guess) => {
    expect(toMapping(rolesOf(guess, 5), optionsOf(guess), guess)).toEqual({ ok: true, mapping: guess })
  })

  it('says what is missing', () => {
    const options = optionsOf(null)
    expect(toMapping(['ignore', 'amount'], options, null)).toEqual({ ok: false, missing: 'date' })
    expect(toMapping(['date', 'in'], options, null)).toEqual({ ok: false, missing: 'amount' })
    expect(toMapping(['date', 'amount'], options, null)).toEqual({ ok: false, missing: 'description' })
  })
})
