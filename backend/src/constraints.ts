/** What a caller did when a constraint of the database refused it, by the constraint's name. */
import type { ConstraintCodes } from './plugins/errors.ts'

const overflow = {
  code: 'amount_overflow',
  detail: 'A total would be larger than can be kept exactly',
} as const

export const CONSTRAINTS: ConstraintCodes = {
  account_totals_safe: overflow,
  account_days_safe: overflow,
  monthly_totals_income_safe: overflow,
  monthly_totals_expense_safe: overflow,
}
