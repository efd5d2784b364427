/** Reads that may lag, over a real streaming replica: from it where that is right, and from the primary everywhere else. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startReplicatedCluster, type ReplicatedCluster } from '../../scripts/test-replica.ts'
import { migrate } from '../src/platform/migrate.ts'
import { ensureRoles } from '../src/platform/roles.ts'
import { SYSTEM } from '../src/platform/tenancy.ts'
import { createTestDatabase, TEMPLATE, urlsFor, type TestDatabase } from './database.ts'
import { createHarness, type Client, type Harness } from './harness.ts'

const WAIT = { timeout: 30_000, interval: 50 }
/** Longer than a write keeps its tenant on the primary (store.ts). */
const QUIET_MS = 11_000

let cluster: ReplicatedCluster
let database: TestDatabase
let replica: pg.Client
let harness: Harness
let person: Client
let accountId: string

beforeAll(async () => {
  cluster = await startReplicatedCluster(async (adminUrl) => {
    const urls = urlsFor(adminUrl, TEMPLATE)
    await ensureRoles(adminUrl, urls)
    await migrate(urls.ownerUrl)
  })
  database = await createTestDatabase(cluster.adminUrl)
  const { host } = new URL(cluster.replicaAdminUrl)
  harness = await createHarness({ database, environment: { DATABASE_REPLICA_URLS: `postgresql://${host}` } })
  person = await harness.signUp()
  accountId = (await person.post('/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })).body.id
}, 120_000)
afterAll(async () => {
  await replica.end()
  await harness.close()
  await database.drop()
  await cluster.stop()
})
beforeEach(async () => {
  replica = await connectReplica()
  await untilUsed(harness)
})

async function connectReplica(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: cluster.replicaAdminUrl })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const untilUsed = ({ context }: Harness): Promise<void> =>
  vi.waitFor(() => expect(context.replicaStates()).toMatchObject([{ lagMs: expect.any(Number) }]), WAIT)
const untilLeftAlone = ({ context }: Harness): Promise<void> =>
  vi.waitFor(() => expect(context.replicaStates()).toMatchObject([{ lagMs: null }]), WAIT)

/** Where a read of the tenant that may lag is answered. */
async function answeredBy(at: Harness = harness): Promise<'primary' | 'replica'> {
  const tenant = at.context.tenancy.enter({
    tenantId: person.session.tenant.id,
    actor: SYSTEM,
    requestId: null,
  })
  const [row] = await tenant.readLagging<{ replica: boolean }>({
    text: 'select pg_is_in_recovery() as replica',
  })
  return row?.replica ? 'replica' : 'primary'
}

/** Until a tenant's writes lie back long enough, and somebody has read. */
async function quiet(): Promise<void> {
  harness.clock.advance(QUIET_MS)
  await answeredBy()
  expect(await answeredBy()).toBe('replica')
}

const write = async (description: string): Promise<void> => {
  const { status } = await person.post('/transactions', {
    accountId,
    occurredOn: '2026-11-20',
    amountMinor: -100,
    description,
  })
  expect(status).toBe(201)
}
const descriptions = async (): Promise<string[]> =>
  (await person.get('/transactions')).body.items.map((item: { description: string }) => item.description)

describe('a read that may lag', () => {
  it('is answered by the replica while the tenant writes nothing', async () => {
    await write('before')
    await quiet()
    expect(await descriptions()).toContain('before')
    expect((await person.get('/reports/summary?from=2026-11&to=2026-11')).status).toBe(200)
  })

  it('shows what was just written, although the replica has not got it', async () => {
    await quiet()
    await replica.query('select pg_wal_replay_pause()')
    try {
      await write('just now')
      expect(await descriptions()).toContain('just now')
      expect(await answeredBy()).toBe('primary')
    } finally {
      await replica.query('select pg_wal_replay_resume()')
    }
  })

  it('is answered by the primary while the replica lags too far, and by the replica once it has caught up', async () => {
    await quiet()
    await replica.query('select pg_wal_replay_pause()')
    await database.admin.query('create table public.moves_the_position ()')
    await untilLeftAlone(harness)
    expect(await answeredBy()).toBe('primary')
    await replica.query('select pg_wal_replay_resume()')
    await untilUsed(harness)
    expect(await answeredBy()).toBe('replica')
  })

  it('is answered by the primary when the replica is lost, and by the replica once it is back', async () => {
    await quiet()
    await cluster.killReplica()
    expect(await descriptions()).toContain('before')
    expect(await answeredBy()).toBe('primary')
    await cluster.startReplica()
    await untilUsed(harness)
    expect(await answeredBy()).toBe('replica')
    replica = await connectReplica()
  })
})

describe('DATABASE_REPLICA_URLS', () => {
  it('takes nobody down with a server that never answers, or that is no replica', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const addresses = [`postgresql://127.0.0.1:${port}`, database.appUrl]
    const other = await createHarness({
      database,
      environment: { DATABASE_REPLICA_URLS: addresses.join(',') },
    })
    try {
      await vi.waitFor(
        () =>
          expect(
            other.context.poolUse().find(({ pool }) => pool === new URL(database.appUrl).host)?.total,
          ).toBe(1),
        WAIT,
      )
      expect(await answeredBy(other)).toBe('primary')
      expect(await answeredBy(other)).toBe('primary')
      expect(other.context.replicaStates().map(({ lagMs }) => lagMs)).toEqual([null, null])
    } finally {
      silent.close()
      await other.close()
    }
  })
})
