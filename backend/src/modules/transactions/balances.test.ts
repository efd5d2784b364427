/**
 * Whatever several writers do at once, a balance is what its account started with and the sum of its transactions,
 * and every total equals what a look at all lines gives.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Account } from '@chronos/contracts/accounts'
import type { Transaction } from '@chronos/contracts/transactions'
import { fc } from '../../../test/fast-check.ts'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

const DAYS = ['2026-01-31', '2026-02-01', '2026-02-28']

interface World {
  client: Client
  accounts: string[]
  categories: (string | null)[]
  /** Ids of all transactions ever made, deleted ones too. */
  known: string[]
  /** What answers were seen, so that a run of nothing but refusals does not pass for a test. */
  done: Map<string, number>
}

/** Numbers of which each command takes what it needs, modulo what there is. */
const command = fc.record({
  kind: fc.constantFrom(
    'create',
    'create',
    'split',
    'edit',
    'move',
    'resplit',
    'delete',
    'restore',
    'transfer',
    'reopen',
  ),
  pick: fc.nat({ max: 1000 }),
  amountMinor: fc.integer({ min: -99_99, max: 99_99 }).filter((amount) => amount !== 0),
  account: fc.nat({ max: 2 }),
  category: fc.nat({ max: 2 }),
  day: fc.nat({ max: 2 }),
})
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

function linesOf(
  world: World,
  { amountMinor, category }: Command,
): { amountMinor: number; categoryId: string | null }[] {
  const half = Math.trunc(amountMinor / 2)
  const [a, b] = [world.categories[category] ?? null, world.categories[(category + 1) % 3] ?? null]
  return half === 0
    ? [{ amountMinor, categoryId: a }]
    : [
        { amountMinor: half, categoryId: a },
        { amountMinor: amountMinor - half, categoryId: b },
      ]
}

async function perform(world: World, step: Command): Promise<Answer | null> {
  const { client } = world
  const accountId = world.accounts[step.account] ?? ''
  const body = {
    accountId,
    occurredOn: DAYS[step.day] ?? '',
    amountMinor: step.amountMinor,
    description: step.kind,
  }
  const id = world.known[step.pick % Math.max(1, world.known.length)]
  const path = `/transactions/${id ?? crypto.randomUUID()}`
  /** Changes what is there now, as a person would; another writer may be faster. */
  const patch = async (values: object): Promise<Answer> => {
    const { headers, status } = await client.get(path)
    return client.patch(path, values, { 'if-match': status === 200 ? String(headers['etag']) : '"1"' })
  }
  switch (step.kind) {
    case 'create':
      return client.post('/transactions', { ...body, categoryId: world.categories[step.category] })
    case 'split':
      return client.post('/transactions', { ...body, lines: linesOf(world, step) })
    case 'edit':
      return patch({ amountMinor: step.amountMinor, categoryId: world.categories[step.category] ?? null })
    case 'move':
      return patch({ accountId, occurredOn: body.occurredOn })
    case 'resplit':
      return patch({ amountMinor: step.amountMinor, lines: linesOf(world, step) })
    case 'delete':
      return client.delete(path)
    case 'restore':
      return client.post(`${path}/restore`)
    case 'transfer': {
      const toAccountId = world.accounts[(step.account + 1) % 3]
      const amountMinor = Math.abs(step.amountMinor)
      return client.post('/transfers', {
        ...body,
        accountId: undefined,
        amountMinor,
        fromAccountId: accountId,
        toAccountId,
      })
    }
    case 'reopen': {
      const openingBalanceMinor = step.amountMinor
      return client.patch(`/accounts/${accountId}`, { openingBalanceMinor }, { 'if-match': '*' })
    }
  }
}

async function work(world: World, steps: readonly Command[]): Promise<void> {
  for (const step of steps) {
    const answer = await perform(world, step)
    if (!answer) continue
    const key = `${step.kind} ${answer.status}`
    world.done.set(key, (world.done.get(key) ?? 0) + 1)
    expect([200, 201, 204, 404, 412, 422]).toContain(answer.status)
    if (answer.status !== 201) continue
    const made = step.kind === 'transfer' ? [answer.body.from, answer.body.to] : [answer.body]
    world.known.push(...(made as Transaction[]).map(({ id }) => id))
  }
}

async function everyTransaction(client: Client): Promise<Transaction[]> {
  const all: Transaction[] = []
  let cursor: string | null = null
  do {
    const page = await client.get(`/transactions?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`)
    all.push(...(page.body.items as Transaction[]))
    cursor = page.body.nextCursor
  } while (cursor !== null)
  return all
}

/** Each kept total next to what the lines themselves give; rows that hold nothing are as good as none. */
const DRIFT = `
  with lines as (
    select l.*, date_trunc('month', l.occurred_on::timestamp)::date as month,
      coalesce(l.category_id, '00000000-0000-0000-0000-000000000000') as category
    from app.transaction_lines l where l.tenant_id = $1 and not l.is_void
  ), real as (
    select 'total' as kind, account_id::text as key, sum(amount_minor) as a, 0::numeric as b, count(*) as n from lines group by 1, 2
    union all select 'day', account_id::text || occurred_on, sum(amount_minor), 0, count(*) from lines group by 1, 2
    union all select 'month', concat_ws(' ', month, account_id, category, currency), sum(greatest(amount_minor, 0)),
      sum(greatest(-amount_minor, 0)), count(*) from lines where not is_transfer group by 1, 2
  ), kept as (
    select 'total' as kind, account_id::text as key, net_minor::numeric as a, 0::numeric as b, lines as n
      from app.account_totals where tenant_id = $1 and (lines <> 0 or net_minor <> 0)
    union all select 'day', account_id::text || day, net_minor, 0, lines
      from app.account_days where tenant_id = $1 and (lines <> 0 or net_minor <> 0)
    union all select 'month', concat_ws(' ', month, account_id, category_id, currency), income_minor, expense_minor, lines
      from app.monthly_totals where tenant_id = $1 and (lines <> 0 or income_minor <> 0 or expense_minor <> 0)
  )
  (select 'real' as side, * from real except all select 'real', * from kept)
  union all (select 'kept', * from kept except all select 'kept', * from real)
  union all select 'header', 'lines', t.id::text, t.amount_minor, sum(l.amount_minor), count(*)
    from app.transactions t join app.transaction_lines l on l.tenant_id = t.tenant_id and l.transaction_id = t.id
    where t.tenant_id = $1 group by t.tenant_id, t.id
    having sum(l.amount_minor) <> t.amount_minor or bool_or(l.is_void) <> (t.deleted_at is not null)
      or bool_or(l.account_id <> t.account_id or l.occurred_on <> t.occurred_on or l.currency <> t.currency)`

async function newWorld(): Promise<World> {
  const client = await harness.signUp()
  const accounts: string[] = []
  for (const openingBalanceMinor of [0, 1_000_00, -50]) {
    const body = { name: 'Conta', type: 'checking', currency: 'BRL', openingBalanceMinor }
    accounts.push((await client.post('/accounts', body)).body.id as string)
  }
  const categories = (await client.get('/categories?limit=2')).body.items as { id: string }[]
  return {
    client,
    accounts,
    categories: [...categories.map(({ id }) => id), null],
    known: [],
    done: new Map(),
  }
}

it('keeps balances and totals equal to what the transactions give, under several writers at once', async () => {
  const done = new Map<string, number>()
  const writers = fc.array(fc.array(command, { minLength: 8, maxLength: 25 }), { minLength: 2, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(writers, async (plans) => {
      const world = await newWorld()
      world.done = done
      await Promise.all(plans.map((steps) => work(world, steps)))
      const { admin } = harness.database
      expect((await admin.query(DRIFT, [world.client.session.tenant.id])).rows).toEqual([])
      const all = await everyTransaction(world.client)
      const accounts = (await world.client.get('/accounts')).body.items as Account[]
      expect(accounts).toHaveLength(3)
      for (const { id, openingBalanceMinor, balanceMinor } of accounts) {
        const amounts = all.filter((each) => each.accountId === id).map((each) => each.amountMinor)
        expect(balanceMinor).toBe(amounts.reduce((sum, amount) => sum + amount, openingBalanceMinor))
      }
    }),
    { numRuns: 6, endOnFailure: true },
  )
  for (const kind of [
    'create 201',
    'split 201',
    'edit 200',
    'move 200',
    'resplit 200',
    'reopen 200',
    'delete 204',
    'restore 200',
    'transfer 201',
  ]) {
    expect([kind, (done.get(kind) ?? 0) > 0]).toEqual([kind, true])
  }
}, 120_000)
