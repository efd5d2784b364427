/** Text from a bank, made safe to store and show: one line, NFC, no control and no direction-changing characters. */
import { withoutHiddenTags } from '@chronos/contracts/text'

export const MAX_TEXT_CHARS = 500

/** Anything the quick way cannot leave alone: controls, runs of blanks, letters that Latin script does not have. */
const UNUSUAL = /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]| {2}/
/**
 * Zero-width and bidirectional controls, which make a text look like another one; byte order marks; specials. What
 * joins letters (Persian, the scripts of India) and pictures stays, as in what people write.
 */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
const JOINERS = /[\u200c\u200d]/g
const SEEN = /[^\s\u200c\u200d]/

/** Collapses white space, drops what is invisible, and keeps at most `maxChars` UTF-16 units, never half a letter. */
export function cleanText(text: string, maxChars = MAX_TEXT_CHARS): string {
  let clean = text
  if (UNUSUAL.test(clean)) {
    clean = withoutHiddenTags(clean.toWellFormed().normalize('NFC'))
      .replace(INVISIBLE, '')
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    if (!SEEN.test(clean)) return ''
  }
  clean = clean.trim()
  if (clean.length <= maxChars) return clean
  const cut = clean.slice(0, maxChars)
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trimEnd()
}

/** Letters with a stroke or joined, which no normal form takes apart. */
const STROKED: Readonly<Record<string, string>> = { ł: 'l', Ł: 'L', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ß: 'ss', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ı: 'i' } // prettier-ignore

/** What the accented letters of Latin script fold to, asked of the runtime once. */
const LATIN: readonly string[] = Array.from({ length: 0x250 - 0xa0 }, (_, index) =>
  withoutMarks(STROKED[String.fromCharCode(0xa0 + index)] ?? String.fromCharCode(0xa0 + index)),
)

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '')
}

// eslint-disable-next-line no-control-regex -- plain ASCII takes the quick way
const BEYOND_ASCII = /[^\x00-\x7f]/

/** A text reduced to its letters and digits, without case and accents: what two exports of one row have in common. */
export function foldText(text: string): string {
  if (!BEYOND_ASCII.test(text)) return foldAscii(text)
  const plain = text
    .replace(JOINERS, '')
    .replace(/[\u00a0-\u024f]/g, (letter) => LATIN[letter.charCodeAt(0) - 0xa0] ?? letter)
  if (!BEYOND_ASCII.test(plain)) return foldAscii(plain)
  return withoutMarks(plain)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function foldAscii(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}
