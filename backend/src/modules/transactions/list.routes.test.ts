import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Transaction } from '@chronos/contracts/transactions'
import { addAccount, addTransactions, tenantOf } from '../../../test/ledger.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { logStatements, type StatementLog } from '../../../test/statements.ts'

let statements: StatementLog
let harness: Harness
let ana: Client
let wallet: string
let card: string
/** A parent and two under it. */
let food: string
let market: string
let bakery: string
let other: string

beforeAll(async () => {
  statements = logStatements()
  harness = await createHarness()
  ana = await harness.signUp()
  wallet = await addAccount(tenantOf(harness, ana))
  card = await addAccount(tenantOf(harness, ana))
  const category = async (name: string, parentId?: string): Promise<string> =>
    (await ana.post('/categories', { name, parentId })).body.id as string
  food = await category('Comida')
  market = await category('Feira', food)
  bakery = await category('Padaria', food)
  other = await category('Outra coisa')
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

async function add(client: Client, values: object): Promise<string> {
  const answer = await client.post('/transactions', {
    accountId: wallet,
    occurredOn: '2026-11-20',
    amountMinor: -100,
    description: 'x',
    ...values,
  })
  expect([answer.status, answer.body.code]).toEqual([201, undefined])
  return answer.body.id as string
}

async function list(query: string): Promise<Transaction[]> {
  const answer = await ana.get(`/transactions?${query}`)
  expect([answer.status, answer.body.code]).toEqual([200, undefined])
  return answer.body.items
}

const ids = async (query: string): Promise<string[]> => (await list(query)).map(({ id }) => id)

describe('GET /transactions', () => {
  it('takes one statement, with all filters and lines, payees and tags', async () => {
    const all = `accountId=${wallet}&categoryId=${food}&uncategorized=true&from=2026-01-01&to=2026-12-31&q=a`
    for (const query of ['', all, `uncategorized=true&q=a`, `categoryId=${food}`]) {
      const sent = await statements.during(() => list(query))
      expect(sent.filter((text) => text.includes('app.'))).toHaveLength(1)
    }
  })

  it('sorts the newest first, and of one day the one entered last', async () => {
    const mine = await addAccount(tenantOf(harness, ana))
    const days = ['2026-03-02', '2026-03-01', '2026-03-02', '2026-02-28']
    const made: string[] = []
    for (const occurredOn of days) made.push(await add(ana, { accountId: mine, occurredOn }))
    const [second, third, first, fourth] = made
    expect(await ids(`accountId=${mine}`)).toEqual([first, second, third, fourth])
    expect(await ids(`accountId=${mine}&from=2026-03-01&to=2026-03-01`)).toEqual([third])
    expect(await ids(`accountId=${mine}&from=2026-03-02`)).toEqual([first, second])
  })

  it('shows a category with all under it, each transaction once, and those without one', async () => {
    const [one, two] = [await add(ana, { categoryId: market }), await add(ana, { categoryId: food })]
    const split = await add(ana, {
      lines: [
        { amountMinor: -40, categoryId: market },
        { amountMinor: -30, categoryId: market },
        { amountMinor: -20, categoryId: bakery },
        { amountMinor: -10, categoryId: null },
      ],
    })
    const elsewhere = await add(ana, { categoryId: other, accountId: card })
    const none = await add(ana, {})
    expect(await ids(`categoryId=${food}`)).toEqual([split, two, one])
    expect(await ids(`categoryId=${food.toUpperCase()}&limit=2`)).toEqual([split, two])
    expect(await ids(`categoryId=${bakery}`)).toEqual([split])
    expect(await ids(`categoryId=${other}&accountId=${card}`)).toEqual([elsewhere])
    expect(await ids(`categoryId=${other}&accountId=${wallet}`)).toEqual([])
    const uncategorized = await ids('uncategorized=true&limit=200')
    expect(uncategorized).toEqual(expect.arrayContaining([none, split]))
    expect(uncategorized).not.toContain(one)
    expect(await ids(`uncategorized=true&categoryId=${food}`)).toEqual([split])
    const [whole] = await list(`categoryId=${bakery}`)
    expect(whole?.lines.map((line) => line.amountMinor)).toEqual([-40, -30, -20, -10])
    await ana.delete(`/transactions/${split}`)
    expect(await ids(`categoryId=${food}`)).toEqual([two, one])
  })

  it('finds beginnings of words in any order, in description, payee and notes, and nothing by signs', async () => {
    const id = await add(ana, {
      description: 'Assinatura 100% música',
      payee: 'Spotify AB',
      notes: 'plano família',
    })
    for (const q of ['musica', 'MÚS', 'fam spot', '100%', 'assin_atura'.replace('_', ''), 'ab plano']) {
      expect(await ids(`q=${encodeURIComponent(q)}`)).toEqual([id])
    }
    for (const q of ['usica', 'spot nada', '%', '_', '%20%25_', '🙂']) {
      expect(await ids(`q=${encodeURIComponent(q)}`)).toEqual([])
    }
    expect((await ids('q=%20&limit=200')).length).toBeGreaterThan(1)
    expect(await ids(`q=spot&accountId=${card}`)).toEqual([])
  })

  it('walks every row once by cursors of every filter, while rows are added and deleted', async () => {
    const walker = await harness.signUp()
    const tenant = tenantOf(harness, walker)
    const accountId = await addAccount(tenant)
    const { body: category } = await walker.post('/categories', { name: 'Andar' })
    const made = await addTransactions(
      tenant,
      Array.from({ length: 60 }, (_, index) => ({
        accountId,
        occurredOn: `2026-05-${String((index % 7) + 1).padStart(2, '0')}`,
        amountMinor: -1 - index,
        categoryId: index % 2 === 0 ? category.id : null,
      })),
    )
    const filters: [string, string[]][] = [
      ['', made],
      [`accountId=${accountId}`, made],
      [`categoryId=${category.id}`, made.filter((_, index) => index % 2 === 0)],
      ['uncategorized=true', made.filter((_, index) => index % 2 === 1)],
      ['from=2026-05-01&to=2026-05-31', made],
    ]
    for (const [filter, expected] of filters) {
      const seen: string[] = []
      let cursor: string | null = null
      let pages = 0
      do {
        const page = await walker.get(
          `/transactions?limit=7&${filter}${cursor === null ? '' : `&cursor=${cursor}`}`,
        )
        expect(page.status).toBe(200)
        seen.push(...(page.body.items as Transaction[]).map(({ id }) => id))
        cursor = page.body.nextCursor
        pages += 1
        // Newer than all: never met by a walk that has begun.
        await addTransactions(tenant, [
          {
            accountId,
            occurredOn: '2026-05-31',
            amountMinor: -1,
            categoryId: pages % 2 ? category.id : null,
          },
        ])
      } while (cursor !== null)
      const old = seen.filter((id) => made.includes(id))
      expect(new Set(seen).size).toBe(seen.length)
      expect(old.toSorted()).toEqual(expected.toSorted())
      expect(pages).toBeGreaterThan(4)
    }
  })

  it('answers 400 to cursors, dates, ids and limits that mean nothing', async () => {
    const cursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
    for (const query of [
      'cursor=%00',
      'cursor=abc',
      `cursor=${cursor(['2026-02-30', crypto.randomUUID()])}`,
      `cursor=${cursor(['2026-02-28', 'x'])}`,
      `cursor=${cursor({ a: 1 })}`,
      'from=2026-02-30',
      'accountId=1',
      'limit=0',
      'limit=201',
      'order=asc',
    ]) {
      const answer = await ana.get(`/transactions?${query}`)
      expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'invalid_request'])
    }
  })

  it("knows nothing of another workspace's accounts and categories", async () => {
    const bea = await harness.signUp()
    for (const query of [`accountId=${wallet}`, `categoryId=${food}`, 'q=spotify', '']) {
      expect((await bea.get(`/transactions?${query}`)).body).toEqual({ items: [], nextCursor: null })
    }
  })
})
