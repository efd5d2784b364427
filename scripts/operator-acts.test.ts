/** Every act that the server writes down has words in each language, where operators read them. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './env-file.ts'

const SOURCES = ['backend/src/modules', 'scripts/backup']

function written(): string[] {
  const acts = new Set<string>()
  for (const folder of SOURCES) {
    for (const file of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
      const text = readFileSync(path.join(ROOT, folder, file), 'utf8')
      for (const [, act = ''] of text.matchAll(/\bact: '([a-z_]+\.[a-z_]+)'/g)) acts.add(act)
      for (const [, act = ''] of text.matchAll(/'command line', '([a-z_]+\.[a-z_]+)'/g)) acts.add(act)
    }
  }
  return [...acts].sort()
}

it.each(['pt-BR', 'en', 'es'])('has words for every act in %s, and for no other', (locale) => {
  const text = readFileSync(path.join(ROOT, `frontend/src/locales/${locale}/operator.json`), 'utf8')
  const { act } = JSON.parse(text) as { act: Record<string, string> }
  expect(written().length).toBeGreaterThan(8)
  expect(Object.keys(act).sort()).toEqual(
    written()
      .map((name) => name.replaceAll('.', '_'))
      .sort(),
  )
})
