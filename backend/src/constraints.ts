/** What a caller did when a constraint of the database refused it, by the constraint's name. */
import type { ConstraintCodes } from './plugins/errors.ts'

const overflow = {
  code: 'amount_overflow',
  detail: 'A total would be larger than can be kept exactly',
} as const

function unknown(what: string): { code: 'unknown_reference'; detail: string } {
  return { code: 'unknown_reference', detail: `There is no such ${what}` }
}

export const CONSTRAINTS: ConstraintCodes = {
  account_totals_safe: overflow,
  account_days_safe: overflow,
  monthly_totals_income_safe: overflow,
  monthly_totals_expense_safe: overflow,
  accounts_opening_balance: overflow,
  transactions_amount: overflow,
  transaction_lines_amount: overflow,
  accounts_number: { code: 'name_taken', detail: 'Another account of this currency has this number' },
  // What a row refers to went away between the look at it and the write. Whoever deletes a thing locks it and looks
  // for its uses first, so that these are never met from that side.
  transactions_account: unknown('account'),
  import_sources_account: unknown('account'),
  imports_fallback: unknown('account'),
  transaction_lines_category: unknown('category'),
  transactions_import_key: {
    code: 'conflict',
    detail: 'The account has this row of a statement already',
  },
}
