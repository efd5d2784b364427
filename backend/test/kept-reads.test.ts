/**
 * Answers that are kept in Redis, through the whole application: what they save, and that no answer is ever older than
 * what was committed before it was asked for. A second application, without Redis, asks PostgreSQL and says what is so.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createHarness, type Client, type Harness } from './harness.ts'
import { addAccount, addTransactions, tenantOf } from './ledger.ts'
import { joinAs } from './members.ts'
import { startTestRedis, type TestRedis } from './redis-server.ts'
import { logStatements, type StatementLog } from './statements.ts'

const SUMMARY = '/reports/summary?from=2026-01-10&to=2026-04-20'
const TREE = '/categories'
const ANY = { 'if-match': '*' }
const LISTS = /from app\.categories\s+where .*order by name|grouping sets/s

let statements: StatementLog
let redis: TestRedis
let harness: Harness
/** The same database, and nothing kept. */
let plain: Harness

beforeAll(async () => {
  statements = logStatements()
  redis = await startTestRedis()
  harness = await createHarness({ environment: { REDIS_URL: redis.url } })
  plain = await createHarness({ database: harness.database })
  await untilUp()
})
afterAll(async () => {
  statements.remove()
  await plain.close()
  await harness.close()
  await redis.stop()
})

const untilUp = (): Promise<void> =>
  vi.waitFor(async () => expect(await harness.context.store.health()).toBe('up'), {
    timeout: 10_000,
    interval: 10,
  })

/** The same person at the application that keeps nothing. */
function asked(client: Client): Client {
  return plain.clientFor(client.session, client)
}

interface Book {
  owner: Client
  account: string
  /** Those with nothing under them. */
  categories: { id: string }[]
}

async function book(): Promise<Book> {
  const owner = await harness.signUp()
  const account = await addAccount(tenantOf(harness, owner))
  const tree: { id: string; parentId: string | null }[] = (await owner.get(TREE)).body.items
  const parents = new Set(tree.map(({ parentId }) => parentId))
  return { owner, account, categories: tree.filter(({ id }) => !parents.has(id)) }
}

const lists = async (work: () => Promise<unknown>): Promise<number> =>
  (await statements.during(work)).filter((text) => LISTS.test(text)).length

describe('an answer that is kept', () => {
  it.each([TREE, SUMMARY])('is not asked of PostgreSQL again: %s', async (path) => {
    const { owner, account } = await book()
    await addTransactions(tenantOf(harness, owner), [
      { accountId: account, occurredOn: '2026-02-01', amountMinor: -5 },
    ])
    const first = await owner.get(path)
    const again = await lists(async () => expect((await owner.get(path)).body).toEqual(first.body))
    expect([again, await lists(() => asked(owner).get(path))]).toEqual([0, 1])
  })

  it('is gone with the commit that changes it, whoever commits', async () => {
    const { owner, categories } = await book()
    const [first, second] = categories
    await owner.get(TREE)
    const renamed = await asked(owner).patch(`${TREE}/${first?.id}`, { name: 'Renamed elsewhere' }, ANY)
    expect(renamed.status).toBe(200)
    expect((await owner.get(TREE)).body).toEqual((await asked(owner).get(TREE)).body)
    // Somebody at an SQL prompt forgets the version: the database does not.
    await harness.database.admin.query('update app.categories set name = $2 where id = $1', [
      second?.id,
      'Renamed by hand',
    ])
    const names = (await owner.get(TREE)).body.items.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['Renamed elsewhere', 'Renamed by hand']))
    expect((await asked(owner).delete(`${TREE}/${second?.id}`, ANY)).status).toBe(204)
    expect((await owner.get(TREE)).body).toEqual((await asked(owner).get(TREE)).body)
  })

  it('is never an old sum: after every kind of booking, changing and deleting', async () => {
    const { owner, account, categories } = await book()
    const other = await addAccount(tenantOf(harness, owner), 'BRL', 'Other')
    const [food, rent] = categories.map(({ id }) => id)
    const same = async (what: string): Promise<void> => {
      const [kept, now] = [await owner.get(SUMMARY), await asked(owner).get(SUMMARY)]
      expect([what, kept.body]).toEqual([what, now.body])
    }
    const body = { accountId: account, occurredOn: '2026-02-03', description: 'x', amountMinor: -700 }
    await same('nothing')
    const made = await owner.post('/transactions', {
      ...body,
      lines: [{ amountMinor: -700, categoryId: food }],
    })
    expect(made.status).toBe(201)
    await same('booked')
    const path = `/transactions/${made.body.id}`
    const change = async (values: object): Promise<void> => {
      const { headers } = await owner.get(path)
      const answer = await asked(owner).patch(path, values, { 'if-match': String(headers['etag']) })
      expect([values, answer.status]).toEqual([values, 200])
      await same(JSON.stringify(values))
    }
    // None of these moves what the account holds.
    await change({ lines: [{ amountMinor: -700, categoryId: rent }] })
    await change({ occurredOn: '2026-01-11' })
    await change({ occurredOn: '2026-01-02' })
    await change({
      lines: [
        { amountMinor: -300, categoryId: food },
        { amountMinor: -400, categoryId: rent },
      ],
    })
    await change({ accountId: other, occurredOn: '2026-04-20' })
    const { headers } = await owner.get(path)
    expect((await owner.delete(path, { 'if-match': String(headers['etag']) })).status).toBeLessThan(300)
    await same('deleted')
  })

  it('is kept apart from whom accounts are kept, and by workspace', async () => {
    const { owner, account } = await book()
    const hidden = await addAccount(tenantOf(harness, owner), 'BRL', 'Hidden')
    await addTransactions(tenantOf(harness, owner), [
      { accountId: account, occurredOn: '2026-02-01', amountMinor: -5 },
      { accountId: hidden, occurredOn: '2026-02-01', amountMinor: -100_000 },
    ])
    const member = await joinAs(harness, owner, 'member', [hidden])
    const stranger = await harness.signUp()
    for (let round = 0; round < 2; round += 1) {
      expect((await owner.get(SUMMARY)).body.items[0].expenseMinor).toBe(100_005)
      expect((await member.get(SUMMARY)).body.items[0].expenseMinor).toBe(5)
      expect((await stranger.get(SUMMARY)).body.items).toEqual([])
    }
    const keys = (await redis.command('KEYS', 'chronos:cache:*:summary:*')) as string[]
    const tenants = [owner, stranger].map(({ session }) => session.tenant.id)
    const ours = keys.filter((key) => tenants.some((id) => key.startsWith(`chronos:cache:${id}:`)))
    expect(ours).toHaveLength(3)
  })

  it('is not believed where it is of yesterday, or nothing that was written here', async () => {
    const { owner, categories } = await book()
    await owner.get(TREE)
    const [key = ''] = (await redis.command(
      'KEYS',
      `chronos:cache:${owner.session.tenant.id}:categories:*`,
    )) as string[]
    const yesterday = String(await redis.command('GET', key))
    await owner.patch(`${TREE}/${categories[0]?.id}`, { name: 'New' }, ANY)
    const now = (await asked(owner).get(TREE)).body
    await owner.get(TREE)
    const epoch = yesterday.slice(0, yesterday.indexOf('|') + 1)
    for (const value of [yesterday, `${epoch}nonsense`, `${epoch}{"revision":7}`, `${epoch}null`, '']) {
      await redis.command('SET', key, value)
      expect([value.slice(0, 60), (await owner.get(TREE)).body]).toEqual([value.slice(0, 60), now])
    }
  })

  it('is right while Redis is stopped, killed and started again, with people reading and writing', async () => {
    const { owner, categories } = await book()
    const id = categories[0]?.id
    let committed = 0
    let going = true
    let answers = 0
    const nameOf = (items: { id: string; name: string }[]): string =>
      items.find((each) => each.id === id)?.name ?? ''
    await owner.patch(`${TREE}/${id}`, { name: 'name 0' }, ANY)
    const writer = async (): Promise<void> => {
      for (let next = 1; going; next += 1) {
        expect((await owner.patch(`${TREE}/${id}`, { name: `name ${next}` }, ANY)).status).toBe(200)
        committed = next
      }
    }
    const reader = async (): Promise<void> => {
      while (going) {
        const atLeast = committed
        const { status, body } = await owner.get(TREE)
        expect(status).toBe(200)
        expect(Number(nameOf(body.items).slice(5))).toBeGreaterThanOrEqual(atLeast)
        answers += 1
      }
    }
    const some = async (): Promise<void> => {
      const from = { answers, committed }
      await expect
        .poll(() => answers > from.answers + 10 && committed > from.committed + 2, { timeout: 20_000 })
        .toBe(true)
    }
    const ends = [writer(), reader(), reader(), reader(), reader()]
    try {
      await some()
      redis.pause()
      await some()
      redis.resume()
      await some()
      await redis.kill()
      await some()
      await redis.start()
      await untilUp()
      await some()
    } finally {
      redis.resume()
      going = false
      await Promise.all(ends)
    }
    await owner.get(TREE)
    expect(await lists(() => owner.get(TREE))).toBe(0)
  }, 120_000)

  it('is not left behind by a reader whom a commit overtook', async () => {
    const { owner, categories } = await book()
    const { store } = harness.context
    const set = store.set.bind(store)
    let renamed = false
    store.set = async (key, value, seconds) => {
      // What was read is about to be kept; meanwhile it becomes old.
      if (key.includes(':categories:') && !renamed) {
        renamed = true
        await asked(owner).patch(`${TREE}/${categories[0]?.id}`, { name: 'Meanwhile' }, ANY)
      }
      await set(key, value, seconds)
    }
    try {
      await redis.flush()
      await untilUp()
      await owner.get(TREE)
    } finally {
      store.set = set
    }
    expect(renamed).toBe(true)
    const names = (await owner.get(TREE)).body.items.map(({ name }: { name: string }) => name)
    expect(names).toContain('Meanwhile')
  })
})
