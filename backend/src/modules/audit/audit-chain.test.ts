import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AuditVerification } from '@chronos/contracts/audit'
import type pg from 'pg'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { tenantOf } from '../../../test/ledger.ts'
import { CHAIN_START, CHAINED_COLUMNS, chainHash, type ChainedRow } from './audit-chain.rules.ts'
import { publishHeads, sealAll } from './audit.jobs.ts'
import { retireAuditLogs } from './audit.service.ts'
import { findBrokenChains } from './audit-verify.service.ts'

const TABLES = ['audit_logs', 'audit_seals']

let folder: string
let headFile: string
let harness: Harness
let ana: Client
let tenantId: string
const lines: Record<string, unknown>[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chronos-heads-'))
  headFile = path.join(folder, 'heads.jsonl')
  harness = await createHarness({
    now: new Date(Date.now() - 70_000).toISOString(),
    environment: { AUDIT_HEAD_FILE: headFile },
  })
  ana = await harness.signUp()
  tenantId = ana.session.tenant.id
  await harness.database.admin.query('update control.identities set email_verified_at = now()')
  // Who calls is remembered for a minute.
  harness.clock.advance(70_000)
  const account = { name: 'Conta', type: 'cash', currency: 'BRL' }
  const accountId = (await ana.post('/accounts', account)).body.id
  const entry = { accountId, occurredOn: '2026-11-20', amountMinor: -100, description: 'Café "da" manhã 💸' }
  for (let index = 0; index < 3; index += 1) await ana.post('/transactions', entry)
  await age('1 minute')
  await seal()
  for (const table of TABLES) await asOwner(`create table public.kept_${table} as select * from app.${table}`)
})
afterAll(async () => {
  await harness.close()
  await rm(folder, { recursive: true })
})
/** Each test begins with the log and the chain as they were. */
beforeEach(async () => {
  for (const table of TABLES) {
    await asOwner(`delete from app.${table}`)
    await asOwner(`insert into app.${table} select * from public.kept_${table}`)
  }
  await rm(headFile, { force: true })
})

/** As somebody who owns the whole database, past triggers and policies. */
async function asOwner(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const { admin } = harness.database
  await admin.query('set session_replication_role = replica')
  try {
    return await admin.query(text, values)
  } finally {
    await admin.query('set session_replication_role = origin')
  }
}
/** Rows wait some seconds before they are sealed; these have waited. */
async function age(by: string): Promise<void> {
  await asOwner(
    `update app.audit_logs l set at = l.at - $1::interval where tenant_id = $2
     and not exists (select from app.audit_seals s where s.tenant_id = $2 and s.at = l.at and s.audit_id = l.id)`,
    [by, tenantId],
  )
}
async function seal(): Promise<void> {
  const logger = { ...harness.context.logger, info: (fields: Record<string, unknown>) => lines.push(fields) }
  await sealAll({ ...harness.context, headFile, logger: logger as unknown as typeof harness.context.logger })
}
async function verify(): Promise<AuditVerification> {
  const answer = await ana.post('/audit-logs/verify')
  expect([answer.status, answer.body.code]).toEqual([200, undefined])
  return answer.body
}
async function seals(): Promise<{ seq: number; audit_id: string; hash: string }[]> {
  const { rows } = await harness.database.admin.query(
    "select seq::int, audit_id::text, encode(hash, 'hex') as hash from app.audit_seals where tenant_id = $1 order by seq",
    [tenantId],
  )
  return rows
}
async function idOf(seq: number): Promise<string> {
  return (await seals()).find((each) => each.seq === seq)?.audit_id ?? 'no such seal'
}

describe('the hash of a row', () => {
  const row: ChainedRow = {
    tenant_id: '0197a000-0000-7000-8000-000000000001',
    at: '2026-11-23T12:00:00.000001Z',
    id: '0197a000-0000-7000-8000-00000000000a',
    actor_type: 'user',
    actor_id: '0197a000-0000-7000-8000-00000000000b',
    action: 'update',
    entity: 'transactions',
    entity_id: '0197a000-0000-7000-8000-00000000000c',
    before: '{"a": 1, "description": "Café \\"da\\" manhã"}',
    after: '{"a": 1.50, "bb": null}',
    request_id: '0197a000-0000-7000-8000-00000000000d',
    session_id: '0197a000-0000-7000-8000-00000000000e',
    ip: '2001:db8::1',
  }

  it('is the one that another program computed by the description', () => {
    const first = chainHash(1, row, CHAIN_START)
    expect(first).toBe('29d02f3e792f379a56226ffeffabdf7b614af741e8d42bba8517eeaa323c092e')
    const empty: ChainedRow = {
      ...row,
      at: '2026-11-23T12:00:00.000002Z',
      id: '0197a000-0000-7000-8000-00000000000f',
      actor_type: 'system',
      actor_id: null,
      action: 'retention.applied',
      entity: '',
      entity_id: null,
      before: null,
      after: '{}',
      request_id: null,
      session_id: null,
      ip: null,
    }
    expect(chainHash(2, empty, first)).toBe(
      '08f4617893e243dedf969ba663a10ca60f70aa3c21f0899669b65ab1da32fd7c',
    )
  })

  it('is another one for every column, for nothing instead of an empty text, and for text that moves over', () => {
    const whole = chainHash(1, row, CHAIN_START)
    const hashes = new Set([whole, chainHash(2, row, CHAIN_START), chainHash(1, row, whole)])
    for (const column of CHAINED_COLUMNS) {
      for (const value of [null, '', `${row[column]} `])
        hashes.add(chainHash(1, { ...row, [column]: value }, CHAIN_START))
    }
    hashes.add(chainHash(1, { ...row, action: 'updatet', entity: 'ransactions' }, CHAIN_START))
    expect(hashes.size).toBe(3 + CHAINED_COLUMNS.length * 3 + 1)
  })

  it('covers every column of the table', async () => {
    const { rows } = await harness.database.admin.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'app.audit_logs'::regclass and attnum > 0 and not attisdropped",
    )
    expect(rows.map(({ name }) => name).sort()).toEqual([...CHAINED_COLUMNS].sort())
  })
})

describe('sealing', () => {
  it('numbers every row once, and what the database sealed is what is verified here', async () => {
    const found = await verify()
    const all = await seals()
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_seal, index) => index + 1))
    expect(found).toMatchObject({ ok: true, sealedRows: all.length, firstBroken: null })
    expect(found.head).toMatchObject({ seq: all.length, hash: all.at(-1)?.hash })
    expect(all.length).toBeGreaterThan(8)
  })

  it('leaves rows that are seconds old, and gives a commit that came late a later number', async () => {
    const before = (await seals()).length
    await ana.post('/accounts', { name: 'Nova', type: 'cash', currency: 'BRL' })
    await seal()
    expect((await seals()).length).toBe(before)
    expect((await verify()).waitingRows).toBeGreaterThan(0)
    await age('90 seconds')
    await seal()
    const { rows } = await harness.database.admin.query<{ late: boolean }>(
      'select s.at < (select max(at) from app.audit_seals where tenant_id = $1 and seq <= $2) as late from app.audit_seals s where tenant_id = $1 and seq > $2',
      [tenantId, before],
    )
    expect(rows.some(({ late }) => late)).toBe(true)
    expect(await verify()).toMatchObject({ ok: true, waitingRows: 0 })
  })

  it('goes on from where it was, also when it is asked for twice at once', async () => {
    await ana.post('/accounts', { name: 'Outra', type: 'cash', currency: 'BRL' })
    await age('10 seconds')
    await Promise.all([seal(), seal(), seal()])
    expect(await verify()).toMatchObject({ ok: true, waitingRows: 0 })
  })

  it('shows the number in the list and in the file, with its hash', async () => {
    const [newest] = (await ana.get('/audit-logs?limit=1')).body.items
    const last = (await seals()).at(-1)
    expect([newest.id, newest.sealed]).toEqual([last?.audit_id, last?.seq])
    const file = await ana.get('/audit-logs/export?format=json')
    expect(file.body.find((row: { id: string }) => row.id === newest.id).hash).toBe(last?.hash)
  })
})

describe('the verification names the first broken row when', () => {
  type Attack = [what: string, reason: string, seq: number, named: boolean, ...statements: string[]]
  const of = (seq: number): string =>
    `(tenant_id, at, id) = (select tenant_id, at, audit_id from app.audit_seals where seq = ${seq} and tenant_id = '$T')`
  it.each<Attack>([
    [
      'a text was changed',
      'changed',
      4,
      true,
      `update app.audit_logs set entity = entity || 'x' where ${of(4)}`,
    ],
    [
      'an amount was changed',
      'changed',
      5,
      true,
      `update app.audit_logs set after = after || '{"amount_minor": -99}' where ${of(5)}`,
    ],
    [
      'somebody else shall have done it',
      'changed',
      3,
      true,
      `update app.audit_logs set actor_id = gen_random_uuid() where ${of(3)}`,
    ],
    ['an address was taken out', 'changed', 2, true, `update app.audit_logs set ip = '' where ${of(2)}`],
    [
      'its instant was moved',
      'missing',
      6,
      true,
      `update app.audit_logs set at = at + interval '1 microsecond' where ${of(6)}`,
    ],
    ['a row was deleted', 'missing', 4, true, `delete from app.audit_logs where ${of(4)}`],
    [
      'a row and its seal were deleted',
      'missing',
      4,
      false,
      `delete from app.audit_logs where ${of(4)}`,
      `delete from app.audit_seals where seq = 4 and tenant_id = '$T'`,
    ],
    [
      'the first row and its seal were deleted',
      'missing',
      1,
      false,
      `delete from app.audit_logs where ${of(1)}`,
      `delete from app.audit_seals where seq = 1 and tenant_id = '$T'`,
    ],
    [
      'a seal has another hash',
      'chain',
      4,
      true,
      `update app.audit_seals set hash = sha256(hash) where seq = 4 and tenant_id = '$T'`,
    ],
    [
      'a seal follows another',
      'chain',
      5,
      true,
      `update app.audit_seals set prev_hash = sha256(hash) where seq = 5 and tenant_id = '$T'`,
    ],
    [
      'two seals changed places',
      'chain',
      3,
      true,
      `update app.audit_seals set seq = -seq where seq in (3, 4) and tenant_id = '$T'`,
      `update app.audit_seals set seq = 7 + seq where seq < 0 and tenant_id = '$T'`,
    ],
    [
      'the contents of two rows changed places',
      'changed',
      3,
      true,
      `update app.audit_logs a set entity = b.entity, action = b.action, after = b.after, entity_id = b.entity_id from app.audit_logs b, app.audit_seals s, app.audit_seals t where (a.at, a.id) = (s.at, s.audit_id) and (b.at, b.id) = (t.at, t.audit_id) and (s.seq, t.seq) in ((3, 5), (5, 3)) and s.tenant_id = '$T' and t.tenant_id = '$T' and a.tenant_id = '$T'`,
    ],
  ])('%s', async (_what, reason, seq, named, ...statements) => {
    const auditId = named && !_what.startsWith('two seals') ? await idOf(seq) : null
    for (const statement of statements)
      expect((await asOwner(statement.replaceAll('$T', tenantId))).rowCount).toBeGreaterThan(0)
    const found = await verify()
    expect(found).toMatchObject({ ok: false, firstBroken: { seq, reason } })
    if (auditId !== null || !named) expect(found.firstBroken?.auditId).toBe(auditId)
  })

  it('a row was put where sealing has been', async () => {
    const id = crypto.randomUUID()
    await asOwner(
      `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity)
       select $1, min(at) - interval '2 hours', $2, 'system', 'delete', 'transactions' from app.audit_logs where tenant_id = $1`,
      [tenantId, id],
    )
    await seal()
    expect((await verify()).firstBroken).toEqual({ seq: 0, auditId: id, reason: 'added' })
  })

  it('the end was cut off, or all was made anew, after its head had been published', async () => {
    await publishHeads({ ...harness.context, headFile })
    expect(await verify()).toMatchObject({ ok: true })
    const all = await seals()
    await asOwner(`delete from app.audit_logs where ${of(all.length).replaceAll('$T', tenantId)}`)
    await asOwner('delete from app.audit_seals where tenant_id = $1 and seq = $2', [tenantId, all.length])
    expect((await verify()).firstBroken).toEqual({ seq: all.length, auditId: null, reason: 'head' })
    // Made anew by the product's own function, from a log that says something else.
    await asOwner('delete from app.audit_seals where tenant_id = $1', [tenantId])
    await asOwner("update app.audit_logs set entity = 'rewritten' where tenant_id = $1", [tenantId])
    await asOwner(
      `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity)
       select $1, max(at) + interval '1 microsecond', gen_random_uuid(), 'system', 'delete', 'x' from app.audit_logs where tenant_id = $1`,
      [tenantId],
    )
    await seal()
    expect((await verify()).firstBroken).toMatchObject({ seq: all.length, reason: 'head' })
    await rm(headFile)
    expect(await verify()).toMatchObject({ ok: true })
  })
})

describe('published heads', () => {
  it('stand in the log stream, one line for each tenant that got rows', async () => {
    lines.length = 0
    await ana.post('/accounts', { name: 'Mais', type: 'cash', currency: 'BRL' })
    await age('10 seconds')
    await seal()
    await seal()
    const last = (await seals()).at(-1)
    expect(lines.filter((line) => line['tenantId'] === tenantId)).toEqual([
      { tenantId, seq: last?.seq, hash: last?.hash },
    ])
  })

  it('are appended to the file once for each that has moved', async () => {
    for (const _time of ['once', 'twice']) await publishHeads({ ...harness.context, headFile })
    const published = (await readFile(headFile, 'utf8')).trimEnd().split('\n')
    expect(published.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ tenantId, seq: (await seals()).length }),
    )
    expect(new Set(published).size).toBe(published.length)
  })

  it('are no witness once somebody wrote into their file', async () => {
    await writeFile(headFile, 'not a head\n')
    expect((await ana.post('/audit-logs/verify')).status).toBe(500)
  })
})

describe('make audit-verify', () => {
  it('goes over every tenant and names the first broken row of each', async () => {
    const bea = await harness.signUp()
    const said: string[] = []
    const run = () => findBrokenChains(harness.context, headFile, (line) => said.push(line))
    expect(await run()).toMatchObject({ broken: 0 })
    const id = await idOf(2)
    await asOwner('update app.audit_logs set action = $2 where tenant_id = $1 and id = $3', [
      tenantId,
      'x',
      id,
    ])
    said.length = 0
    expect(await run()).toMatchObject({ broken: 1 })
    expect(said[0]).toBe(`tenant ${tenantId}: broken at number 2, row ${id}: changed`)
    expect(said.join()).not.toContain(bea.session.tenant.id)
  })
})

describe('retention', () => {
  it('leaves the last hash of what went, says so in the log, and the rest verifies', async () => {
    const count = (await seals()).length
    await asOwner('delete from app.audit_seals')
    await asOwner(
      `update app.audit_logs set at = at - interval '500 days' where (tenant_id, at, id) in
       (select tenant_id, at, audit_id from public.kept_audit_seals where tenant_id = $1 and seq <= 4)`,
      [tenantId],
    )
    await seal()
    const boundary = (await seals()).find(({ seq }) => seq === 4)
    const tenant = tenantOf(harness, ana)
    const before = new Date(Date.now() - 400 * 86_400_000)
    expect(await retireAuditLogs(tenant, before)).toEqual({ rows: 4, seq: 4, hash: boundary?.hash })
    expect((await seals())[0]).toMatchObject({ seq: 4, hash: boundary?.hash })
    expect(await verify()).toMatchObject({ ok: true, sealedRows: count - 4 })
    expect(await retireAuditLogs(tenant, before)).toBeNull()
    const [told] = (await ana.get('/audit-logs?action=retention.applied')).body.items
    expect(told).toMatchObject({ actor: { type: 'system' }, after: { toSeq: 4, rows: 4 } })
    // Who only takes the beginning away leaves a boundary that the log does not know of.
    await asOwner(
      'delete from app.audit_logs l using app.audit_seals s where l.id = s.audit_id and s.seq = 5',
    )
    await asOwner('delete from app.audit_seals where tenant_id = $1 and seq = 4', [tenantId])
    expect((await verify()).firstBroken).toMatchObject({ seq: 1, reason: 'missing' })
  })

  it('ends nothing that is younger than a year, whoever asks', async () => {
    const tenant = tenantOf(harness, ana)
    await expect(retireAuditLogs(tenant, new Date(Date.now() - 300 * 86_400_000))).rejects.toThrow(
      /for a year/,
    )
    expect(await verify()).toMatchObject({ ok: true, sealedRows: (await seals()).length })
  })
})
