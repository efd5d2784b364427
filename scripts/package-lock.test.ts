import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'

interface LockEntry {
  optionalDependencies?: Record<string, string>
}

const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>
}

describe('package-lock.json', () => {
  // A registry that lacks one of them leaves it out without a word, and installing then fails elsewhere.
  it('has the binaries of every platform', () => {
    const missing = Object.entries(lock.packages).flatMap(([owner, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          !(`node_modules/${name}` in lock.packages) && !(`${owner}/node_modules/${name}` in lock.packages),
      ),
    )
    expect(missing).toEqual([])
  })
})
