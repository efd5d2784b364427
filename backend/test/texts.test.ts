/** What people write is kept as it is seen: nothing in it turns other text around, or is there without being seen. */
import { cleanLine, cleanText } from '@chronos/contracts/text'
import { expect, it } from 'vitest'

it.each([
  ['overrides and embeddings of direction', '\u202Ea\u202Db\u202Cc\u202Ad\u202Be', 'abcde'],
  ['isolates', '\u2066a\u2067b\u2068c\u2069', 'abc'],
  ['marks of direction, the Arabic one among them', 'a\u200Eb\u200Fc\u061C', 'abc'],
  ['what is never seen', '\uFEFFa\u00ADb\u200Bc\u2060d\u206Ae\uFFF9f\uFFFBg', 'abcdefg'],
  ['controls', 'a\u0000b\u0007c\u007Fd\u0085e', 'abcde'],
  ['half letters', 'a\uD800b\uDC00c', 'abc'],
  ['tags behind a letter', 'Ana\u{E0041}\u{E007F}', 'Ana'],
  [
    'tags behind a flag that make none of it',
    '🏴\u{E0068}\u{E0069}\u{E0064}\u{E0064}\u{E0065}\u{E006E}\u{E0021}',
    '🏴',
  ],
  [
    'tags past the end of a flag',
    '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}\u{E0041}',
    '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}',
  ],
  ['everything, where there are only blank letters', '\u3164\u115F \uFFA0\u2800', ''],
  ['everything, where there are only joiners and variations', '\u200D\uFE0F\u0301', ''],
])('loses %s', (_what, written, kept) => {
  expect(cleanText(written)).toBe(kept)
  expect(cleanLine(written)).toBe(kept)
})

it('keeps what joins letters and pictures, and is composed', () => {
  const scotland = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'
  expect(cleanText(`${scotland} ❤\uFE0F 🏴`)).toBe(`${scotland} ❤\uFE0F 🏴`)
  expect(cleanText('👩\u200D👧 نمی\u200Cخواهم cafe\u0301')).toBe('👩\u200D👧 نمی\u200Cخواهم caf\u00e9')
})

it('makes one blank of those that are left beside what is never seen', () => {
  expect(cleanLine('Ana \u200B \u2060 Souza')).toBe('Ana Souza')
})
