import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../test/database.ts'
import { createPool, DATABASE_TIMEOUTS, RolledBackError } from './database.ts'
import { createTenancy, type Tenancy, type Tenant } from './tenancy.ts'

const A = '00000000-0000-7000-8000-00000000000a'
const B = '00000000-0000-7000-8000-00000000000b'
const USER = '00000000-0000-7000-8000-0000000000ff'

let database: TestDatabase
let pool: pg.Pool
let tenancy: Tenancy
const committed: string[] = []

function enter(tenantId: string): Tenant {
  return tenancy.enter({
    tenantId,
    actor: { type: 'user', userId: USER, hiddenAccounts: [] },
    requestId: null,
  })
}

async function createTenant(tenant: Tenant): Promise<void> {
  await tenant.command(async (tx) => {
    const now = new Date()
    await tx.prisma.tenant.create({
      data: {
        tenantId: tenant.id,
        name: 'T',
        currency: 'BRL',
        locale: 'pt-BR',
        timezone: 'UTC',
        status: 'active',
        createdAt: now,
        updatedAt: now,
      },
    })
  })
}

async function addPayee(tenant: Tenant, name: string): Promise<void> {
  await tenant.command(async (tx) => {
    await tx.prisma.payee.create({
      data: { tenantId: tenant.id, id: crypto.randomUUID(), name, nameKey: name, createdAt: new Date() },
    })
    tx.changed('payees')
  })
}

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
  pool = createPool({
    url: database.appUrl,
    max: 1,
    applicationName: 'tenancy-test',
    pipeline: true,
    timeouts: DATABASE_TIMEOUTS,
  })
  tenancy = createTenancy(pool, {
    committed: (tenantId, topics) => committed.push(`${tenantId}:${[...topics].join()}`),
  })
  await createTenant(enter(A))
  await createTenant(enter(B))
  await addPayee(enter(A), 'of A')
  await addPayee(enter(B), 'of B')
})

afterAll(async () => {
  await tenancy.close()
  await database.drop()
})

describe('a pool of one connection shared by two tenants', () => {
  it('never shows a foreign row over thousands of interleaved and aborted requests', async () => {
    const seen: Record<string, Set<string>> = { [A]: new Set(), [B]: new Set() }
    const request = async (index: number): Promise<void> => {
      const id = index % 2 === 0 ? A : B
      const tenant = enter(id)
      // Every seventh fails inside its transaction, every eleventh is a command, every thirteenth throws in one.
      if (index % 7 === 0) {
        await expect(tenant.read({ text: 'select 1 / (random() * 0)::int' })).rejects.toThrow(
          /division by zero/,
        )
        return
      }
      if (index % 13 === 0) {
        await expect(tenant.command(() => Promise.reject(new Error('aborted')))).rejects.toThrow('aborted')
        return
      }
      const text = 'select tenant_id::text as tenant, name from app.payees'
      const rows =
        index % 11 === 0
          ? await tenant.command((tx) => tx.query<{ tenant: string; name: string }>(text))
          : await tenant.read<{ tenant: string; name: string }>({ name: 'payees', text })
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        expect(row.tenant).toBe(id)
        seen[id]?.add(row.name)
      }
    }
    // Sixty at a time wait for the one connection: all 3,000 at once would only try the pool's patience.
    let next = 0
    const lanes = Array.from({ length: 60 }, async () => {
      while (next < 3000) await request(next++)
    })
    await Promise.all(lanes)
    expect([...(seen[A] ?? [])]).toEqual(['of A'])
    expect([...(seen[B] ?? [])]).toEqual(['of B'])
  }, 180_000)

  it('shows no rows and takes none where there is no context', async () => {
    const client = await pool.connect()
    try {
      expect((await client.query('select * from app.payees')).rows).toEqual([])
      await expect(
        client.query(
          `insert into app.payees (tenant_id, id, name, name_key, created_at) values ('${A}', gen_random_uuid(), 'x', 'x', now())`,
        ),
      ).rejects.toThrow(/row-level security/)
    } finally {
      client.release()
    }
  })
})

describe('a command', () => {
  it('is refused when an error inside it was caught and PostgreSQL rolled it back', async () => {
    await expect(
      enter(A).command(async (tx) => {
        await tx.query('select 1 / 0').catch(() => [])
      }),
    ).rejects.toThrow()
    await expect(
      enter(A).bulk(async (tx) => {
        await tx.query('select 1 / 0').catch(() => [])
      }),
    ).rejects.toThrow(RolledBackError)
  })

  it('tells what changed after its commit, and nothing when it rolled back', async () => {
    committed.length = 0
    await addPayee(enter(A), 'told')
    await enter(A)
      .command((tx) => {
        tx.changed('payees')
        return Promise.reject(new Error('no'))
      })
      .catch(() => undefined)
    expect(committed).toEqual([`${A}:payees`])
  })

  it('writes an audit row with actor, before and after, and the application cannot forge or change one', async () => {
    const rows = await enter(A).read<{ action: string; actor_id: string; after: { name: string } }>({
      text: "select action, actor_id::text, after from app.audit_logs where tenant_id = $1 and entity = 'payees' order by at",
      values: [A],
    })
    expect(rows[0]).toMatchObject({ action: 'insert', actor_id: USER, after: { name: 'of A' } })
    const forge = `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity) values ('${A}', now(), gen_random_uuid(), 'user', 'update', 'payees') returning id`
    await expect(enter(A).bulk((tx) => tx.query(forge))).rejects.toThrow(/row-level security/)
    for (const text of [
      'update app.audit_logs set action = $1',
      'delete from app.audit_logs where action = $1',
    ]) {
      await expect(enter(A).bulk((tx) => tx.query(text, 'x'))).rejects.toThrow(/permission denied/)
    }
  })

  it('enqueues a job that commits or rolls back with it, and holds ids alone', async () => {
    await enter(A).command((tx) => tx.enqueue('housekeeping', USER))
    await enter(A)
      .command(async (tx) => {
        await tx.enqueue('housekeeping', A)
        throw new Error('no')
      })
      .catch(() => undefined)
    const { rows } = await database.admin.query<{ data: unknown }>(
      "select data from pgboss.job where name = 'housekeeping'",
    )
    expect(rows).toEqual([{ data: { tenantId: A, subjectId: USER } }])
  })
})
