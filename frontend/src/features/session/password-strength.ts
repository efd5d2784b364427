/**
 * How hard a password is to guess, roughly and at once, for the bar below its field. The server decides, with word
 * lists that are too large to send to a browser: what is weak here is weak there, what is strong here may still be on
 * a list.
 */
import { searchForm } from '@chronos/contracts/text'

/** 0: too short to be taken. */
export type Strength = 0 | 1 | 2 | 3 | 4

const MIN_LENGTH = 8
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]

/** @param personal what is known about the person: their name, e-mail, workspace */
export function strengthOf(password: string, personal: readonly string[] = []): Strength {
  if (password.length < MIN_LENGTH) return 0
  const bits = bitsOf(withoutKnown(password, personal))
  if (bits < 28) return 1
  if (bits < 45) return 2
  if (bits < 65) return 3
  return 4
}

/** Each character counts by the alphabet it comes from; one that repeats or follows its neighbour hardly counts. */
function bitsOf(text: string): number {
  const classes = CLASSES.filter((pattern) => pattern.test(text)).length
  const perCharacter = 2 + classes
  let bits = 0
  const seen = new Set<string>()
  for (let index = 0; index < text.length; index += 1) {
    const step = index === 0 ? Number.NaN : text.charCodeAt(index) - text.charCodeAt(index - 1)
    const isRun = step === 0 || step === 1 || step === -1
    const character = text.charAt(index)
    bits += isRun ? 0.5 : seen.has(character) ? perCharacter / 2 : perCharacter
    seen.add(character)
  }
  return bits
}

/** The password with every word about the person shortened to one letter. */
function withoutKnown(password: string, personal: readonly string[]): string {
  let rest = password
  const words = personal.flatMap((text) => searchForm(text).split(/[^\p{L}\p{N}]+/u))
  for (const word of words) {
    if (word.length < 3) continue
    const at = rest.toLowerCase().indexOf(word)
    if (at >= 0) rest = rest.slice(0, at + 1) + rest.slice(at + word.length)
  }
  return rest
}
