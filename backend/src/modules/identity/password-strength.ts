/**
 * How strong a password is, by guessing as an attacker would: zxcvbn with its dictionary of common passwords, and the
 * person's own words counted as known. No rules about kinds of characters.
 *
 * At least 3 of 4, which is more than 10^8 guesses: beyond any guessing at the sign-in, which is limited, and years
 * against one hash at BCRYPT_ROUNDS 12; 4 would refuse phrases that people can remember. The 3,000 most common
 * passwords are far below it.
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import type { BreachedPasswords } from '../../platform/breached-passwords.ts'
import { AppError } from '../../platform/errors.ts'

const LEAST_SCORE = 3
/** What is strong is strong in its first 40 characters; the search takes time with the square of the length. */
const LOOKED_AT = 40
/** The product's own names: the first that somebody would try here. */
const PRODUCT_WORDS = ['chronos']
const MOST_WORDS = 40

export interface PasswordDeps {
  breached: BreachedPasswords
}

/** Loaded with the first password, in about 0.2 s: processes that see none do without, and the start does not wait. */
let checker: Promise<Checker> | undefined

interface Checker {
  /** Passwords that are found in lists of stolen ones, the most common first; refused whatever else they have. */
  common: ReadonlySet<string>
  guess: ZxcvbnFactory
}

async function loadChecker(): Promise<Checker> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return {
    common: new Set(common.dictionary['passwords-common']),
    guess: new ZxcvbnFactory({
      dictionary: common.dictionary,
      graphs: common.adjacencyGraphs,
      maxLength: LOOKED_AT,
    }),
  }
}

/**
 * @param about texts that somebody who knows the person would try: name, e-mail, workspace
 * @param field of the body, named in the refusal
 * @throws AppError weak_password, saying what is wrong with it
 */
export async function assertStrongPassword(
  { breached }: PasswordDeps,
  password: string,
  about: readonly string[],
  field = 'password',
): Promise<void> {
  checker ??= loadChecker()
  const text = password.normalize('NFKC')
  if ((await breached.has(password)) || (text !== password && (await breached.has(text))))
    throw weak('pwned', field)
  const { common, guess } = await checker
  const reason = common.has(text.toLowerCase())
    ? 'common'
    : isProductName(text)
      ? 'userInputs'
      : tooWeak(guess.check(text, wordsOf(about)))
  if (reason !== null) throw weak(reason, field)
}

function weak(reason: string, field: string): AppError {
  const message = REASONS[reason] ?? 'It is too easy to guess'
  return new AppError('weak_password', {
    detail: `${message}. Four or more words that do not belong together make a good password`,
    fields: [{ path: field, message }],
  })
}

/** @returns why, or null for what is strong enough */
function tooWeak({ score, feedback }: ReturnType<ZxcvbnFactory['check']>): string | null {
  return score >= LEAST_SCORE ? null : (feedback.warning ?? 'guessable')
}

/** The product's name with hardly anything beside it. */
function isProductName(password: string): boolean {
  const letters = password.toLowerCase().replace(/[^\p{L}]/gu, '')
  const rest = PRODUCT_WORDS.reduce((left, word) => left.replaceAll(word, ''), letters)
  return rest !== letters && rest.length < 4
}

/** Whole texts, their words and those written as one; those that are long enough to be worth guessing. */
function wordsOf(about: readonly string[]): string[] {
  const texts = about.map((text) => text.normalize('NFKC').toLowerCase())
  const words = texts.flatMap((text) => {
    const parts = text.split(/[^\p{L}\p{N}]+/u)
    return [text, parts.join(''), ...parts]
  })
  return [...new Set([...PRODUCT_WORDS, ...words])].filter((word) => word.length >= 3).slice(0, MOST_WORDS)
}

const REASONS: Readonly<Record<string, string>> = {
  straightRow: 'Keys in a row are easy to guess',
  keyPattern: 'Short patterns on the keyboard are easy to guess',
  simpleRepeat: 'One character again and again is easy to guess',
  extendedRepeat: 'The same piece again and again is easy to guess',
  sequences: 'Sequences as abc or 6543 are easy to guess',
  recentYears: 'Years are easy to guess',
  dates: 'Dates are easy to guess',
  topTen: 'It is one of the ten most used passwords',
  topHundred: 'It is one of the hundred most used passwords',
  common: 'It is a common password',
  similarToCommon: 'It is close to a common password',
  wordByItself: 'A single word is easy to guess',
  namesByThemselves: 'A single name is easy to guess',
  commonNames: 'Common names are easy to guess',
  userInputs: 'It is made of your name, your e-mail, your workspace or the name of this product',
  pwned: 'It was part of a data breach',
}
