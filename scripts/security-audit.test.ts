import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { dependencyPart, licencePart, secretPart, verdict } from './security-audit.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'chronos-audit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Put together here, so that this file holds none. */
const planted = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text)
  return name
}

describe('secrets in files', () => {
  it('are found, with file and line', () => {
    const key = [
      '-----BEGIN RSA ',
      'PRIVATE KEY-----\n',
      'MIIE'.repeat(40),
      '\n-----END RSA ',
      'PRIVATE KEY-----',
    ].join('')
    const address = ['postgresql://chronos_app:', 'k3JH8sdf7Hs8dfhQ2a', '@10.1.2.3:5432/books'].join('')
    const { problems } = secretPart(
      [planted('key.pem', key), planted('notes.md', `\n${address}\n`), planted('fine.md', 'nothing here')],
      folder,
    )
    expect(problems).toEqual([
      expect.stringMatching(/^key\.pem:1 .*privatekey/),
      expect.stringMatching(/^notes\.md:2 .*database-connection-string/),
    ])
  })

  it("do not include the example's placeholder", () => {
    const file = planted(
      '.env.example',
      'DATABASE_URL=postgresql://chronos_app:change-me@127.0.0.1:54329/chronos\n',
    )
    expect(secretPart([file], folder).problems).toEqual([])
  })
})

describe('this repository', () => {
  it('has no secret in a tracked file', () => {
    const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
    expect(files).toContain('.env.example')
    expect(secretPart(files).problems).toEqual([])
  }, 120_000)
})

describe('licences', () => {
  const lockOf = (license: string | undefined, more: object = {}) => ({
    packages: {
      'node_modules/planted': { version: '1.0.0', ...(license === undefined ? {} : { license }), ...more },
    },
  })

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'LGPL-2.1',
    'SEE LICENSE IN LICENSE',
    'MIT AND GPL-2.0',
    undefined,
  ])('%s is named', (license) => {
    expect(licencePart(lockOf(license)).problems).toEqual([`planted@1.0.0: ${license ?? 'no licence named'}`])
  })

  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-only)', '(BSD-2-Clause AND MIT)'])(
    '%s is not',
    (license) => {
      expect(licencePart(lockOf(license)).problems).toEqual([])
    },
  )

  it('of tools that only developers run do not count', () => {
    expect(licencePart(lockOf('GPL-3.0-only', { dev: true })).problems).toEqual([])
  })
})

describe('weaknesses of dependencies', () => {
  it('are named with their severity', () => {
    const report = { vulnerabilities: { planted: { severity: 'high', range: '<1.2.3' } } }
    expect(dependencyPart(JSON.stringify(report)).problems).toEqual(['planted <1.2.3: high'])
  })

  it.each([
    '',
    '{"message":"405 Method Not Allowed","error":{"summary":"audit endpoint returned an error"}}',
  ])('are not taken for none where the registry does not tell: %j', (report) => {
    expect(dependencyPart(report).problems).toBeNull()
  })
})

describe('the verdict', () => {
  const part = (problems: string[] | null) => ({ name: 'x', problems, note: 'y' })

  it('is 1 for what was found, 2 for what could not be looked at, else 0', () => {
    expect(verdict([part(['bad']), part(null)]).exitCode).toBe(1)
    expect(verdict([part([]), part(null)]).exitCode).toBe(2)
    expect(verdict([part([])]).exitCode).toBe(0)
  })
})
