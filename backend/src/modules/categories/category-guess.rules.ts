/**
 * Guesses a category of the first tree from words, for chat messages and bank statements alike. The longest phrase
 * wins, then a strong word over a weak one, then the first in the text. A guess is a suggestion: none is better than
 * a wild one.
 */
import { searchForm } from '@chronos/contracts/text'
import { INCOME_KEYWORDS, KEYWORDS } from './category-keywords.ts'

interface Phrase {
  /** The words after the first. */
  readonly rest: readonly string[]
  readonly key: string
  readonly score: number
}

/** Phrases by their first word, the best first. Built once: a guess costs a lookup per word. */
type PhraseMap = ReadonlyMap<string, readonly Phrase[]>

function phrasesOf(list: string): { text: string; weak: boolean }[] {
  return list
    .split(',')
    .map((item) => item.trim().replace(/\s+/g, ' '))
    .map((item) => ({ text: item.replace(/^\?/, ''), weak: item.startsWith('?') }))
    .filter(({ text }) => text !== '')
}

function build(keywords: Readonly<Record<string, string>>): PhraseMap {
  const map = new Map<string, Phrase[]>()
  for (const [key, list] of Object.entries(keywords))
    for (const { text, weak } of phrasesOf(list)) {
      const [first = '', ...rest] = text.split(' ')
      const known = map.get(first) ?? []
      // A word of two keys stays with the first: the order of the table is the order of likelihood.
      if (known.some((phrase) => phrase.rest.join(' ') === rest.join(' '))) continue
      known.push({ rest, key, score: rest.length * 10 + (weak ? 0 : 5) })
      map.set(first, known)
    }
  for (const phrases of map.values()) phrases.sort((a, b) => b.score - a.score)
  return map
}

const EXPENSE = build(KEYWORDS)
const INCOME = build(INCOME_KEYWORDS)
const PLAIN = /^[\x20-\x7e]*$/

function wordsOf(text: string): string[] {
  // Statements are plain ASCII as a rule, and skip the costly decomposition.
  if (PLAIN.test(text)) return text.toLowerCase().split(/[^a-z0-9]+/)
  return searchForm(text).split(' ')
}

function phrasesFor(map: PhraseMap, word: string): readonly Phrase[] | undefined {
  const exact = map.get(word)
  if (exact || word.length < 4 || !word.endsWith('s')) return exact
  return map.get(word.slice(0, -1)) ?? (word.endsWith('es') ? map.get(word.slice(0, -2)) : undefined)
}

function sameWord(given: string | undefined, wanted: string): boolean {
  return given === wanted || given === `${wanted}s`
}

function bestKey(map: PhraseMap, words: readonly string[]): string | null {
  let best: Phrase | null = null
  for (let index = 0; index < words.length; index += 1) {
    const candidates = phrasesFor(map, words[index] ?? '')
    for (const phrase of candidates ?? []) {
      if (best && phrase.score <= best.score) break
      if (phrase.rest.every((word, offset) => sameWord(words[index + 1 + offset], word))) best = phrase
    }
  }
  return best?.key ?? null
}

/**
 * The key of the category that a description most likely belongs to.
 * @param description as written by a person or a bank; at most its first 200 characters count
 * @param amountMinor only the sign counts: money in is looked up among incomes
 * @returns null when no word is known
 */
export function guessCategoryKey(description: string, amountMinor: number): string | null {
  const words = wordsOf(description.length > 200 ? description.slice(0, 200) : description)
  return bestKey(amountMinor > 0 ? INCOME : EXPENSE, words)
}

/** The words and phrases that lead to a category of the first tree; empty where none do. */
export function keywordsFor(key: string): string[] {
  const list = KEYWORDS[key] ?? INCOME_KEYWORDS[key] ?? ''
  return phrasesOf(list).map(({ text }) => text)
}
