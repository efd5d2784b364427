/**
 * A message as a list of words, numbers and marks. Rules compare the folded form (lower case, no accents), since
 * people type without accents; descriptions are put together from the raw form.
 */
import { cleanText } from '@chronos/contracts/text'

export interface Token {
  readonly kind: 'number' | 'word' | 'mark' | 'break'
  readonly raw: string
  /** Lower case, without accents. */
  readonly fold: string
  /** True when no blank stands before it. */
  readonly glued: boolean
}

/** Characters of a message that are read; the rest of a longer one is ignored. */
export const MAX_READ = 1000

const NUMBER = String.raw`\d+(?:[.,'’]\d+)*|(?<![\p{L}\d.,])[.,]\d{1,2}(?!\d)`
const WORD = String.raw`[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*`
const MONEY = String.raw`U\$S|(?:US|U|R|A|MX|CL|AR|COL|UY)?\$(?!\p{L})|S\/\.?(?=\s?\d)|[€£₲₡]`
const PATTERN = new RegExp(String.raw`(\n\s*)|(${NUMBER})|(${MONEY})|(${WORD})|(\S)`, 'giu')

/** Lower case without accents. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
}

/** The tokens of a message; blanks of every kind, also those inside amounts, count as one blank. */
export function tokenise(text: string): Token[] {
  const clean = cleanText(text.slice(0, MAX_READ * 2)).slice(0, MAX_READ)
  // Formatted amounts group digits by no-break blanks; typed ones are told from a quantity and a price below.
  const grouped = clean.replace(/(?<=\d)[\u00A0\u202F\u2009](?=\d{3}(?!\d))/g, "'")
  const spaced = grouped.replace(/[^\S\n]+/gu, ' ').replace(/ ?\n[\n ]*/g, '\n')
  const joined = joinSpacedDigits(spaced)
  const tokens: Token[] = []
  let end = 0
  for (const match of joined.matchAll(PATTERN)) {
    const [raw, lineBreak, number, money, word] = match
    const kind = lineBreak ? 'break' : number ? 'number' : money ? 'mark' : word ? 'word' : 'mark'
    tokens.push({
      kind,
      raw,
      fold: kind === 'word' ? fold(raw) : raw.toLowerCase(),
      glued: match.index === end,
    })
    end = match.index + raw.length
  }
  return tokens
}

/** `1 500 000` and `20 000` become one number; `3 200` stays two, since it may be a quantity and a price. */
function joinSpacedDigits(text: string): string {
  const grouped = /(?<![\d.,/:'-])[1-9]\d{0,2}(?: \d{3})+(?![\d])/g
  return text.replace(grouped, (match: string) => {
    const [, second, ...more] = match.split(' ')
    return more.length > 0 || second === '000' ? match.replaceAll(' ', "'") : match
  })
}

/** The raw text of some tokens, blanks as they were. */
export function rawText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (token.kind === 'break' ? ' ' : (token.glued ? '' : ' ') + token.raw))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
