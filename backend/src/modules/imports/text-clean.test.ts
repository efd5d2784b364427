import { expect, it } from 'vitest'
import { cleanText, foldText } from './text-clean.ts'

it.each([
  ['what joins Persian letters', 'خرید نمی\u200Cخواهم'],
  ['what joins letters of India', 'क्\u200Dष'],
  ['pictures of several', 'Jantar 👩\u200D👩\u200D👧 ❤\uFE0F'],
  ['the flag of a region', 'Pub 🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
])('keeps %s', (_what, text) => {
  expect(cleanText(text)).toBe(text)
})

it('loses what is never seen and what turns text around', () => {
  expect(cleanText('\u202EPix\u200B  Ana\u200F\u{E0041}\uFEFF')).toBe('Pix Ana')
  expect(cleanText('\u200D \u200C')).toBe('')
})

it('finds the same row whether or not an export has the joiners', () => {
  expect(foldText('نمی\u200Cخواهم 12')).toBe(foldText('نمیخواهم 12'))
})
