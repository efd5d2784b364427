/** Text that people write: stored in NFC, trimmed, without control and bidirectional-override characters. */
import { z } from 'zod'

// Controls except tab and line breaks, zero-width joiners' dangerous relatives, bidi marks, overrides and isolates, what
// is never seen (soft hyphens, annotation marks, BOM), lone surrogates.
const UNSAFE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

// Tag characters are never seen, except where a few of them make the flag of a region of a black flag, to its end mark:
// behind it, a whole text could be hidden else.
const HIDDEN_TAGS =
  /(\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F})|[\u{E0000}-\u{E007F}]/gu

// A letter, digit, sign or picture, and none of those letters that are blank (the fillers of Hangul, the empty Braille).
const SEEN = /(?![\u115F\u1160\u2800\u3164\uFFA0])[\p{L}\p{N}\p{P}\p{S}]/u

/** The text without tag characters that are no flag's. */
export function withoutHiddenTags(text: string): string {
  return text.replace(HIDDEN_TAGS, '$1')
}

/** @returns the text as it is stored: NFC, unsafe characters removed, ends trimmed; empty where nothing of it is seen. */
export function cleanText(text: string): string {
  const clean = withoutHiddenTags(text.replace(UNSAFE, '')).normalize('NFC').trim()
  return SEEN.test(clean) ? clean : ''
}

/** One line: line breaks and runs of blanks become one blank. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/\s+/g, ' ')).replace(/ {2,}/g, ' ')
}

/** A one-line text of `min` to `max` characters after cleaning. */
export function lineOf(min: number, max: number) {
  return z
    .string()
    .max(max * 4)
    .transform(cleanLine)
    .pipe(z.string().min(min).max(max))
}

/** A text of several lines, of at most `max` characters after cleaning. */
export function paragraphOf(max: number) {
  return z
    .string()
    .max(max * 4)
    .transform(cleanText)
    .pipe(z.string().max(max))
}

/**
 * The form in which words are searched and names are compared: lower case, without accents, words split by one blank.
 * Stored in a column of its own, since lower() and LIKE lose their index under row level security.
 */
export function searchForm(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
