import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkBoundaries } from './lint-boundaries.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'chronos-boundaries-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Checks a tree of these files, and nothing else. */
function check(files: Record<string, string>): string[] {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), content)
  }
  return checkBoundaries(root, Object.keys(files)).map(({ file, line }) => `${file}:${line}`)
}

const MODULES = 'backend/src/modules'

describe('boundaries between parts', () => {
  it.each([
    [
      'contracts that import the server',
      'contracts/src/a.ts',
      "import { b } from '../../backend/src/platform/b.ts'",
    ],
    ['contracts with another package', 'contracts/src/a.ts', "import pg from 'pg'"],
    [
      'the web that imports the server',
      'frontend/src/a.tsx',
      "import type { B } from '../../backend/src/b.ts'",
    ],
    [
      'platform that imports a module',
      'backend/src/platform/a.ts',
      "import { b } from '../modules/b/b.service.ts'",
    ],
    ['a module with its own database client', `${MODULES}/a/a.queries.ts`, "import pg from 'pg'"],
    [
      'a module with the generated client',
      `${MODULES}/a/a.service.ts`,
      "import type { P } from '../../generated/prisma/client.ts'",
    ],
    [
      'a module that loads the context',
      `${MODULES}/a/a.service.ts`,
      "import { createContext } from '../../context.ts'",
    ],
    ['another module’s queries', `${MODULES}/a/a.service.ts`, "import { q } from '../b/b.queries.ts'"],
    ['an import inside a call', `${MODULES}/a/a.service.ts`, "const q = await import('../b/b.queries.ts')"],
    ['a re-export', `${MODULES}/a/a.service.ts`, "export { q } from '../b/b.queries.ts'"],
    [
      'the server that imports tests',
      `${MODULES}/a/a.service.ts`,
      "import { h } from '../../../test/harness.ts'",
    ],
    ['SQL in a route', `${MODULES}/a/a.routes.ts`, 'tenant.read(`select 1 from app.a`)'],
    ['rules that read files', `${MODULES}/a/a.rules.ts`, "import { readFileSync } from 'node:fs'"],
    ['rules that use queries', `${MODULES}/a/a.rules.ts`, "import { q } from './a.queries.ts'"],
    ['a barrel file', `${MODULES}/a/index.ts`, "export { a } from './a.rules.ts'"],
  ])('refuses %s', (_name, file, code) => {
    expect(check({ [file]: code })).toEqual([`${file}:1`])
  })

  it('refuses rules that reach the database through another file', () => {
    const files = {
      [`${MODULES}/a/a.rules.ts`]: "\nimport { b } from './b.ts'",
      [`${MODULES}/a/b.ts`]: "import fs from 'node:fs'",
    }
    expect(check(files)).toEqual([`${MODULES}/a/a.rules.ts:2`])
  })

  it('refuses files that import each other, unless only types', () => {
    const circle = (keyword: string) => ({
      'scripts/a.ts': "import { b } from './b.ts'",
      'scripts/b.ts': `import ${keyword} { a } from './a.ts'`,
    })
    expect(check(circle(''))).toHaveLength(1)
    expect(check(circle('type'))).toEqual([])
  })

  it.each([
    ['a module’s own queries', `${MODULES}/a/a.routes.ts`, "import * as queries from './a.queries.ts'"],
    ['another module’s pure rules', `${MODULES}/a/a.rules.ts`, "import { r } from '../b/b.rules.ts'"],
    ['another module’s service', `${MODULES}/a/a.service.ts`, "import {\n  x,\n} from '../b/b.service.ts'"],
    [
      'the shape of the context',
      `${MODULES}/a/a.routes.ts`,
      "import type { AppContext } from '../../context.ts'",
    ],
    ['contracts', 'frontend/src/a.tsx', "import { Money } from '@chronos/contracts/money'"],
    ['pg in platform', 'backend/src/platform/a.ts', "import pg from 'pg'"],
    ['a test with its harness', `${MODULES}/a/a.test.ts`, "import { h } from '../../../test/harness.ts'"],
    [
      'an import in a comment',
      `${MODULES}/a/a.service.ts`,
      "// import pg from 'pg'\n/*\nimport pg from 'pg'\n*/",
    ],
  ])('accepts %s', (_name, file, code) => {
    expect(check({ [file]: code })).toEqual([])
  })
})
