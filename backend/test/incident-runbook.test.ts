/** What docs/runbooks/incident.md and docs/privacy.md tell people to run at night, run: as the login that they name. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksFor } from '../../scripts/docs/markdown.ts'
import { createHarness, type Client, type Harness } from './harness.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const PAGE = readFileSync(path.join(ROOT, 'docs/runbooks/incident.md'), 'utf8')
const PRIVACY = blocksFor(ROOT, 'docs/privacy.md', 'backend/test/incident-runbook.test.ts')

/** Placeholders of the page, as somebody fills them in. */
const FILLED: readonly [RegExp, string][] = [
  [/tenant_id = '…'/g, "tenant_id = '01900000-0000-7000-8000-000000000000'"],
  [/ip = '…'/g, "ip = '203.0.113.7'"],
  [/email = …/g, "email = 'olga@example.com'"],
]

function statementsOf(text: string): string[] {
  return text
    .split(';')
    .map((each) => each.replaceAll(/--.*$/gm, '').trim())
    .filter((each) => each !== '')
    .map((each) => FILLED.reduce((filled, [pattern, value]) => filled.replaceAll(pattern, value), each))
}

const blocks = blocksFor(ROOT, 'docs/runbooks/incident.md', 'backend/test/incident-runbook.test.ts').flatMap(
  ({ lines }) => statementsOf(lines.join('\n')),
)
const inline = [...PAGE.matchAll(/`((?:select|delete|update|insert) [^`]+)`/g)].flatMap(([, text = '']) =>
  statementsOf(text),
)

let harness: Harness
let client: Client
let control: pg.Client
beforeAll(async () => {
  harness = await createHarness()
  client = await harness.verify(await harness.signUp())
  control = new pg.Client(harness.database.controlUrl)
  await control.connect()
})
afterAll(async () => {
  await control.end()
  await harness.close()
})

describe('erasing again after a restore, as docs/privacy.md says', () => {
  it('queues the erasure of that person', async () => {
    const [block] = PRIVACY
    const { rows } = await control.query<{ id: string }>('select id from control.identities limit 1')
    const id = rows[0]?.id ?? ''
    await control.query((block?.lines ?? []).join('\n').replace('<identityId>', id))
    const queued = await control.query(
      "select name from pgboss.job where name = 'privacy.erasures' and data::text like '%' || $1 || '%'",
      [id],
    )
    expect(queued.rows).toHaveLength(1)
  })
})

describe('the runbook of incidents', () => {
  it('names statements, in blocks and in its text', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(6)
    expect(inline.length).toBeGreaterThanOrEqual(2)
    expect([...blocks, ...inline].filter((each) => each.includes('…'))).toEqual([])
  })

  it.each([...blocks, ...inline])('%s', async (statement) => {
    await control.query('begin')
    try {
      await control.query(statement)
    } finally {
      await control.query('rollback')
    }
  })

  it('puts everybody out: no session, operator’s session or token is left', async () => {
    const made = await client.post('/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 30 })
    expect(made.status).toBe(201)
    for (const statement of blocks.filter((each) => each.startsWith('update'))) await control.query(statement)
    const left = await control.query(
      `select 1 from control.sessions where ended_at is null
       union all select 1 from control.operator_sessions where ended_at is null
       union all select 1 from control.api_tokens where revoked_at is null`,
    )
    expect(left.rows).toEqual([])
  })

  it('names commands of the Makefile alone', () => {
    const targets = new Set(
      [...readFileSync(path.join(ROOT, 'Makefile'), 'utf8').matchAll(/^([a-z-]+):/gm)].map(
        ([, name]) => name,
      ),
    )
    const named = [...PAGE.matchAll(/`make ([a-z-]+)/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !targets.has(name))).toEqual([])
  })
})
