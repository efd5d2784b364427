/**
 * What people type and what opens doors stands in no line of the log, at any level, and no credential stands in a dump
 * of the database: a life of the product with recognisable secrets, and a search for all of them.
 */
import { execFileSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram } from '../../scripts/backup/programs.ts'
import { AMOUNT_MINOR, live, TYPED, type Life } from './kept-secrets.ts'

const lines: string[] = []
let life: Life

beforeAll(async () => {
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trimEnd().split('\n'))
      done()
    },
  })
  life = await live(log)
}, 120_000)
afterAll(() => life.close())

/** Six digits may stand inside an id by chance: a code is one that stands by itself. */
function patternOf(secret: string): RegExp {
  const quoted = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return /^\d{6}$/.test(secret) ? new RegExp(`(?<![\\w.:-])${secret}(?![\\w.:-])`) : new RegExp(quoted, 'i')
}

describe('the log', () => {
  it('has lines of what happened, of API and worker, so that the search is not vain', () => {
    const messages = lines.map((line) => (JSON.parse(line) as { msg?: string }).msg)
    for (const message of ['request', 'request refused', 'request failed', 'job failed'])
      expect(messages).toContain(message)
    expect(lines.some((line) => line.includes('"constraint":"spoiled"'))).toBe(true)
    expect(lines.some((line) => line.includes('EENVELOPE'))).toBe(true)
    expect(life.secrets.size).toBeGreaterThan(45)
  })

  it('has none of what was typed, and nothing that opens a door', () => {
    const found = [...life.secrets].flatMap(([name, secret]) =>
      lines.filter((line) => patternOf(secret).test(line)).map((line) => `${name}: ${line.slice(0, 400)}`),
    )
    expect(found).toEqual([])
  })

  it('has no header that carries a credential', () => {
    expect(lines.filter((line) => /bearer |"authorization":|set-cookie|x-csrf-token/i.test(line))).toEqual([])
  })
})

/** Every row of every table, as the administrator sees it: one text a table. */
async function dump(): Promise<Map<string, string>> {
  const { admin } = life.harness.database
  const { rows } = await admin.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  )
  const texts = new Map<string, string>()
  for (const { table } of rows) {
    const content = await admin.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t`)
    texts.set(table, content.rows.map(({ row }) => row).join('\n'))
  }
  return texts
}

/** As text, and as a column of bytes is written out. */
const hidden = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '').slice(0, -1)]
}

describe('a dump of the database', () => {
  /** People's own texts and numbers are what the database is for; what opens a door is not. */
  const credentials = (): [string, string][] =>
    [...life.secrets].filter(
      ([name]) =>
        !['phone', 'amount', 'guest'].includes(name) && (!(name in TYPED) || /password/i.test(name)),
    )

  it('holds no password, token, code, link or key, in any table or encoding', async () => {
    const texts = await dump()
    const everything = [...texts.values()].join('\n')
    for (const present of [TYPED.account, TYPED.description, TYPED.memo, String(AMOUNT_MINOR)])
      expect(everything).toContain(present)
    expect(credentials().length).toBeGreaterThan(30)
    const found = credentials().flatMap(([name, secret]) =>
      [...texts].flatMap(([table, text]) =>
        hidden(secret).some((form) =>
          /^\d{6}$/.test(form) ? patternOf(form).test(text) : text.includes(form),
        )
          ? [`${name} in ${table}`]
          : [],
      ),
    )
    expect(found).toEqual([])
  })

  it('keeps what failed in the queue without the values that it failed on', async () => {
    const tables = [...(await dump())].filter(([table]) => table.startsWith('pgboss.'))
    const queue = tables.map(([, text]) => text).join('\n')
    expect(queue).toContain('spoiled')
    for (const [name, secret] of life.secrets)
      expect([name, patternOf(secret).test(queue)]).toEqual([name, false])
  })

  it('says the same as pg_dump writes it', async ({ skip }) => {
    const { rows } = await life.harness.database.admin.query('show server_version')
    const program = findProgram('pg_dump', rows[0].server_version)
    skip(program === undefined, 'needs a pg_dump that is as new as the server')
    const text = execFileSync(program ?? '', ['--data-only', '--dbname', adminAddress()], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    expect(text).toContain(TYPED.account)
    for (const [name, secret] of credentials())
      expect([name, hidden(secret).some((form) => !/^\d{6}$/.test(form) && text.includes(form))]).toEqual([
        name,
        false,
      ])
  })
})

function adminAddress(): string {
  const { host, port, user, password, database } = life.harness.database.admin
  return `postgresql://${user ?? ''}:${encodeURIComponent(String(password ?? ''))}@${host}:${port}/${database ?? ''}`
}
