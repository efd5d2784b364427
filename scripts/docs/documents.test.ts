/** The documents say what is: links and files exist, targets are in the Makefile, the index is whole. */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../env-file.ts'
import { CONFIGURATION, configurationText, readersOf, sectionsOf } from './configuration.ts'
import { makeTargets } from './make-targets.ts'
import { codeBlocks, commands, deadLinks, documents, relativeLinks } from './markdown.ts'

const FILES = documents(ROOT)
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const exists = (file: string): boolean => existsSync(path.join(ROOT, file))
const FLOWS = FILES.filter((file) => file.startsWith('docs/flows/'))
/** Between two servers that addresses name. */
const UPGRADE = 'docs/runbooks/postgres-upgrade.md'
const NAMED_FILE =
  /`((?:backend|frontend|contracts|scripts|e2e|deploy|bench|docs)\/[\w./-]+\.(?:ts|tsx|js|mjs|sql|md|conf|yml|json|sh|Dockerfile))`/g
/** A file by its last names, or a folder of the sources. */
const SHORT_NAME =
  /`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|tsx|mjs|sql|md|conf|yml|yaml|json|Dockerfile)|(?:backend|frontend|contracts|scripts|e2e|deploy|bench|docs|platform|plugins|modules|integrations|features)(?:\/[\w-]+)+\/?)`/g
/** Of a backup, and of PostgreSQL. */
const ELSEWHERE = new Set(['manifest.json', 'pg_hba.conf'])
const SOURCES = globSync(
  '{*,.github/**,backend/**,frontend/**,contracts/**,scripts/**,e2e/**,deploy/**,bench/**,docs/**}',
  {
    cwd: ROOT,
    exclude: (name) => /^(node_modules|generated|dist|coverage)$/.test(path.basename(String(name))),
  },
).map((file) => `/${file.split(path.sep).join('/')}`)
/** `x` stands for any module. */
const isPartOfSources = (name: string): boolean =>
  /(^|\/)x(\.|$)/.test(name) || SOURCES.some((file) => file.endsWith(`/${name}`))

describe('links', () => {
  it.each(FILES)('of %s lead somewhere', (file) => {
    expect(deadLinks(ROOT, file, exists)).toEqual([])
  })

  it('that are dead are found, to a file and to a place', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chronos-docs-'))
    try {
      writeFileSync(path.join(folder, 'b.md'), '# One place\n')
      writeFileSync(
        path.join(folder, 'a.md'),
        '[x](b.md) [y](c.md) [z](b.md#one-place) [w](b.md#none) [v](#here)\n',
      )
      const found = deadLinks(folder, 'a.md', (file) => existsSync(path.join(folder, file)))
      expect(found).toEqual([
        'a.md: there is no c.md',
        'a.md: b.md has no place #none',
        'a.md: a.md has no place #here',
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('names', () => {
  it.each(FILES.filter((file) => file !== 'CHANGELOG.md'))('of files in %s are files', (file) => {
    const named = [...read(file).matchAll(NAMED_FILE)].map(([, name = '']) => name)
    expect(named.filter((name) => !exists(name))).toEqual([])
  })

  it.each(FILES.filter((file) => file !== 'CHANGELOG.md'))(
    'of files and folders in %s are those of a file here, also where they are not told from the root',
    (file) => {
      const named = [...read(file).matchAll(SHORT_NAME)].map(([, name = '']) => name.replace(/\/$/, ''))
      expect(named.filter((name) => !ELSEWHERE.has(name) && !isPartOfSources(name))).toEqual([])
    },
  )

  it('that are of no file are found', () => {
    const found = [
      ...'`platform/kept-reads.ts` `modules/exprots` `x.rules.ts` `no-such.ts`'.matchAll(SHORT_NAME),
    ]
    const wrong = found.map(([, name = '']) => name).filter((name) => !isPartOfSources(name))
    expect(wrong).toEqual(['modules/exprots', 'no-such.ts'])
  })

  it.each(FILES)('of folders in %s are folders, in commands too', (file) => {
    const named = [...read(file).matchAll(/(?<![\w./-])deploy(?:\/[\w-]+)+(?![\w.*/-])/g)].map(
      ([name]) => name,
    )
    expect(named.filter((name) => !exists(name))).toEqual([])
  })

  it.each(FILES.filter((file) => file.startsWith('docs/runbooks/')))(
    'in %s are of production: a command without MODE=prod would look at the database of the checkout',
    (file) => {
      const text = read(file)
      // Compose without files and project means another stack.
      expect(text).not.toMatch(/docker[ -]compose/)
      const operators = [
        ...(/^MODED := ((?:.*\\\n)*.*)$/m.exec(read('Makefile'))?.[1] ?? '').matchAll(/[a-z-]+/g),
      ]
      expect(operators.length).toBeGreaterThan(20)
      for (const [, command = ''] of text.matchAll(/`([^`]*\bmake [^`]+)`/g))
        if (operators.some(([target]) => new RegExp(`make ${target}( |$)`).test(command)) && file !== UPGRADE)
          expect(command).toContain('MODE=prod')
    },
  )

  it.each(FILES)('of make targets in %s are targets', (file) => {
    const targets = makeTargets(read('Makefile'))
    const shell = codeBlocks(read(file)).flatMap((block) => commands(block))
    const inline = [...read(file).matchAll(/`(make [^`]+)`/g)].map(([, command = '']) => command)
    const named = [...shell, ...inline].flatMap((command) => {
      const words = /^make ((?:[a-z][a-z0-9-]*\*? ?)+)/.exec(command)?.[1]?.trim().split(' ') ?? []
      return words.filter((word) => !word.endsWith('*') && !word.endsWith('-'))
    })
    expect(named.filter((name) => !targets.has(name))).toEqual([])
  })
})

describe('the index of docs', () => {
  /** Documents that a link of `file` names; a link to a folder names all in it. */
  const namedBy = (file: string): string[] =>
    relativeLinks(read(file)).flatMap((href) => {
      const whole = path.posix.normalize(path.posix.join(path.posix.dirname(file), href.split('#')[0] ?? ''))
      return FILES.filter((each) => each === whole || path.posix.dirname(each) === whole)
    })

  it('leads to every document of the folder', () => {
    const reached = new Set(['docs/README.md'])
    for (const file of reached) for (const next of namedBy(file)) reached.add(next)
    expect(FILES.filter((file) => file.startsWith('docs/') && !reached.has(file))).toEqual([])
  })
})

describe('flows', () => {
  it('are there', () => {
    expect(FLOWS.length).toBeGreaterThanOrEqual(5)
  })

  it.each(FLOWS)('%s has one picture, names the files it tells of, and the tests that hold it', (file) => {
    const pictures = codeBlocks(read(file)).filter(({ info }) => info === 'mermaid')
    expect(pictures).toHaveLength(1)
    expect(pictures[0]?.lines[0]).toMatch(/^(sequenceDiagram|flowchart (TD|LR)|stateDiagram-v2)$/)
    const named = [...read(file).matchAll(NAMED_FILE)].map(([, name = '']) => name)
    expect(named.filter((name) => !/\.(test|spec)\.ts$/.test(name)).length).toBeGreaterThanOrEqual(3)
    expect(named.filter((name) => /\.(test|spec)\.ts$/.test(name))).not.toEqual([])
  })
})

describe('docs/configuration.md', () => {
  it('says what .env.example and config.ts say; `make docs-configuration` writes it', () => {
    expect(readFileSync(CONFIGURATION, 'utf8')).toBe(configurationText(read('.env.example'), readersOf(ROOT)))
  })

  it('leaves no variable of the example out, and has something to say of each, and a reader', () => {
    const readers = readersOf(ROOT)
    const variables = sectionsOf(read('.env.example')).flatMap((section) => section.variables)
    const names = [...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name)
    expect(variables.map(({ name }) => name)).toEqual(names)
    for (const { name } of variables) expect([name, readers(name)]).not.toEqual([name, []])
  })
})
