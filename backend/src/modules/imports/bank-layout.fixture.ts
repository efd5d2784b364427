/** For tests: a bank's layout with invented rows, and what it has to be read as. */
import { brief, readAll } from './read-all.fixture.ts'
import type { ReadOptions } from './read-all.fixture.ts'

export interface Layout {
  name: string
  text: string
  rows: string[]
  account?: string
  currency?: string
  /** Lines refused, as `line:code`. */
  refused?: string[]
  options?: ReadOptions
}

/** What is read, and what the layout says should be: equal for a layout that is understood. */
export async function readLayout({ text, rows, account, currency, refused, options }: Layout) {
  const read = await readAll(text, options)
  const accounts = read.summary?.accounts ?? []
  const actual = {
    problems: read.guess?.problems ?? [],
    refusal: read.refusal?.message ?? null,
    rows: brief(read),
    refused: read.errors.map((error) => `${error.line}:${error.code}`),
    ...(account === undefined ? {} : { accounts: accounts.map((found) => found.number) }),
    ...(currency === undefined ? {} : { currencies: accounts.map((found) => found.currency) }),
  }
  const expected = {
    problems: [],
    refusal: null,
    rows,
    refused: refused ?? [],
    ...(account === undefined ? {} : { accounts: [account] }),
    ...(currency === undefined ? {} : { currencies: [currency] }),
  }
  return { actual, expected }
}
