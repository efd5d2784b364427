/** What `scripts/run` does before a command: it leaves the command's output to the command. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { processEnvironment, ROOT } from './env-file.ts'

let checkout: string
beforeAll(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'chronos-install-'))
  mkdirSync(path.join(checkout, 'scripts'))
  mkdirSync(path.join(checkout, 'node_modules'))
  for (const file of ['run', 'install.mjs'])
    copyFileSync(path.join(ROOT, 'scripts', file), path.join(checkout, 'scripts', file))
  const manifest = { name: 'checkout', version: '1.0.0' }
  writeFileSync(path.join(checkout, 'package.json'), JSON.stringify(manifest))
  writeFileSync(
    path.join(checkout, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest } }),
  )
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

it('says what it installs beside the output, which is the command’s alone', () => {
  const run = () =>
    spawnSync(path.join(checkout, 'scripts/run'), ['echo', '/backups/one.chronos'], {
      encoding: 'utf8',
      env: processEnvironment(),
    })
  const first = run()
  expect([first.status, first.stdout]).toEqual([0, '/backups/one.chronos\n'])
  expect(first.stderr).toMatch(/^Packages, download and install \.\.\.\n.*: done in [\d.]+ s\n$/)
  expect(run()).toMatchObject({ status: 0, stdout: '/backups/one.chronos\n', stderr: '' })
})
