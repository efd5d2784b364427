/** Programs that are fed: one that has read enough is no failure, and one that failed says why. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findProgram, inputOf, libpqEnvironment, missingProgram, runProgram } from './programs.ts'

const PART = Buffer.alloc(65_536, 'x')

function* parts(count: number, seen: { count: number }): Generator<Buffer> {
  for (let part = 0; part < count; part++) {
    seen.count += 1
    yield PART
  }
}

const shell = (script: string) =>
  runProgram('/bin/sh', ['-c', script], { env: { PATH: process.env['PATH'] ?? '' }, stdin: 'pipe' })

describe('what a program is fed', () => {
  it('is read to its end although the program ended before', async () => {
    const seen = { count: 0 }
    const program = shell('head -c 10 >/dev/null')
    await pipeline(Readable.from(parts(40, seen)), inputOf(program))
    await program.ended
    expect(seen.count).toBe(40)
  })

  it('fails with what a failed program said', async () => {
    const seen = { count: 0 }
    const program = shell('echo "the disk is full" >&2; exit 3')
    const fed = pipeline(Readable.from(parts(1_000, seen)), inputOf(program))
    await expect(fed).rejects.toThrow('sh ended with 3: the disk is full')
    expect(seen.count).toBeLessThan(1_000)
  })

  it('reaches a program that reads all of it', async () => {
    const program = shell('[ "$(wc -c)" -eq 655360 ] || { echo "too little" >&2; exit 1; }')
    await pipeline(Readable.from(parts(10, { count: 0 })), inputOf(program))
    await expect(program.ended).resolves.toBeUndefined()
  })
})

describe('the connection of pg_dump and pg_restore', () => {
  it('asks for the certificate that the address asks for', () => {
    const said = libpqEnvironment(
      'postgresql://chronos_backup:p%2Fw%40rd@postgres:5432/chronos?sslmode=verify-full&sslrootcert=%2Frun%2Fchronos%2Fbackup%2Fpostgres.pem',
    )
    expect(said).toMatchObject({
      PGHOST: 'postgres',
      PGPASSWORD: 'p/w@rd',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/run/chronos/backup/postgres.pem',
    })
    expect(libpqEnvironment('postgresql://a:b@db.example/books?sslmode=no-verify')['PGSSLMODE']).toBe(
      'require',
    )
    expect(libpqEnvironment('postgresql://a:b@db.example/books')).not.toHaveProperty('PGSSLMODE')
  })
})

describe('the program for a server', () => {
  // Versions that no machine has: whatever is installed beside does not answer.
  let folder: string
  const install = (place: string, program: string, version: string): string => {
    const file = path.join(folder, place, program)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`)
    chmodSync(file, 0o755)
    return file
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'programs '))
    const places = ['a', 'b'].map((place) => path.join(folder, place))
    vi.stubEnv('PATH', [...places, process.env['PATH']].join(path.delimiter))
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  it('is the newest of the same major version', () => {
    install('a', 'pg_dump', '97.3')
    const newest = install('b', 'pg_dump', '97.11 (Debian 97.11-1)')
    expect(findProgram('pg_dump', '97.3 (Debian 97.3-0+deb12u1)')).toBe(newest)
    expect(findProgram('pg_dump', '96.1')).toBeUndefined()
    expect(findProgram('pg_dump', '97beta1')).toBe(newest)
  })

  it('is no pg_dump that is older than the server: its dump could not be restored', () => {
    install('a', 'pg_dump', '97.3')
    expect(findProgram('pg_dump', '97.4')).toBeUndefined()
    expect(missingProgram('pg_dump', '97.4')).toContain('There is no pg_dump 97.4 or newer here')
    const restore = install('a', 'pg_restore', '97.3')
    expect(findProgram('pg_restore', '97.4')).toBe(restore)
  })
})
