import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../test/harness.ts'
import { readVersion } from './version.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const COMMIT = '0123456789abcdef0123456789abcdef01234567'

describe('GET /health/live', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ environment: { CHRONOS_COMMIT: COMMIT } })
  })
  afterAll(() => harness.close())

  it('says that the process runs, and which version it is', async () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string
    }
    const { status, body } = await harness.request({ method: 'GET', url: '/health/live' })
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'ok', version, commit: COMMIT.slice(0, 12) })
    const document = await harness.request({ method: 'GET', url: '/openapi.json' })
    expect(document.body.info.version).toBe(version)
  })
})

describe('the version', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-version-'))
  writeFileSync(path.join(folder, 'package.json'), '{"version":"3.4.5"}')
  afterAll(() => rmSync(folder, { recursive: true }))
  const git = (...args: string[]): string => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com']
    return spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).stdout.trim()
  }

  it('has no commit outside of a repository, and the checked out one inside', () => {
    expect(readVersion(undefined, folder)).toEqual({ version: '3.4.5', commit: null })
    git('init', '--quiet')
    git('commit', '--quiet', '--allow-empty', '--message', 'Begin')
    expect(readVersion(undefined, folder)).toEqual({
      version: '3.4.5',
      commit: git('rev-parse', 'HEAD').slice(0, 12),
    })
  })
})
