import { ERROR_CODES } from '@chronos/contracts/errors'
import { ROLES as PEOPLE } from '@chronos/contracts/permissions'
import { describe, expect, it } from 'vitest'
import en from './en/index.ts'
import enMore from './en/more.ts'
import es from './es/index.ts'
import esMore from './es/more.ts'
import ptBR from './pt-BR/index.ts'
import ptBRMore from './pt-BR/more.ts'

/** Dotted keys with their texts; the plural forms of a language count as one key. */
function textsOf(node: object, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    const key = `${prefix}${name}`
    if (typeof value === 'string') texts.set(key, value)
    else if (typeof value === 'object' && value !== null)
      for (const [inner, text] of textsOf(value, `${key}.`)) texts.set(inner, text)
  }
  return texts
}

const LANGUAGES = {
  'pt-BR': textsOf({ ...ptBR, ...ptBRMore }),
  en: textsOf({ ...en, ...enMore }),
  es: textsOf({ ...es, ...esMore }),
}
const keysOf = (texts: Map<string, string>): string[] =>
  [...new Set([...texts.keys()].map((key) => key.replace(/_(zero|one|many|other)$/, '')))].sort()
const slotsOf = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([slot]) => slot).sort()

describe.each(Object.entries(LANGUAGES))('the texts in %s', (language, texts) => {
  it('are complete', () => {
    expect(keysOf(texts)).toEqual(keysOf(LANGUAGES.en))
  })

  it('have the same slots as the English ones', () => {
    for (const [key, text] of LANGUAGES.en)
      expect([key, slotsOf(texts.get(key) ?? '')]).toEqual([key, slotsOf(text)])
  })

  it('are never empty', () => {
    for (const [key, text] of texts) expect(text.trim(), key).not.toBe('')
  })

  it('have every plural form that the language knows', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const plurals = [...texts.keys()].filter((key) => key.endsWith('_other')).map((key) => key.slice(0, -6))
    for (const key of plurals) for (const form of forms) expect([...texts.keys()]).toContain(`${key}_${form}`)
  })

  it('have words for every error code and every role', () => {
    for (const code of [...ERROR_CODES, 'network', 'unreadable'])
      expect(texts.has(`errors.${code}`)).toBe(true)
    for (const role of PEOPLE) expect(texts.has(`audit.role.${role}`)).toBe(true)
  })
})
