/**
 * Labelled messages, as people write them to the bot: short, without accents, with slang, typos and emoji. Today is
 * Monday, 2026-11-23. One line is: workspace, text, what must come out.
 *
 * What must come out: `-52.90` money out or `+5000` money in, then any of a category key (`?` for none), `@` a date,
 * `acc:` an account, `cur:` a named currency, `x10` instalments, and the description in double quotes; `;` between
 * records. Without `@` it is today; without `acc:` no account. Other intents are named: `balance`, `spending from..to`,
 * `unknown:reason`. A field that is not written down is not checked, except date and account.
 */
export type Workspace = 'br' | 'us' | 'gb' | 'ar' | 'mx' | 'cl'
export type Line = readonly [workspace: Workspace, text: string, expected: string]

export const CORPUS_TODAY = '2026-11-23'
