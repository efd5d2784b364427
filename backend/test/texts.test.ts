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
])('loses %s', (_what, written, kept) => {
  expect(cleanText(written)).toBe(kept)
  expect(cleanLine(written)).toBe(kept)
})

it('keeps what joins letters and pictures, and is composed', () => {
  expect(cleanText('👩\u200D👧 نمی\u200Cخواهم cafe\u0301')).toBe('👩\u200D👧 نمی\u200Cخواهم caf\u00e9')
})
