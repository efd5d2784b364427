/** Text that people write: stored in NFC, trimmed, without control and bidirectional-override characters. */
import { z } from 'zod'

// Controls except tab and line breaks, zero-width joiners' dangerous relatives, bidi marks, overrides and isolates, what
// is never seen (soft hyphens, annotation marks, BOM), lone surrogates.
const UNSAFE =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** @returns the text as it is stored: NFC, unsafe characters removed, ends trimmed. */
export function cleanText(text: string): string {
  return text.replace(UNSAFE, '').normalize('NFC').trim()
}

/** One line: line breaks and runs of blanks become one blank. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/\s+/g, ' '))
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
