import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { addAccount, addTransactions, tenantOf } from '../../../test/ledger.ts'
import { logStatements } from '../../../test/statements.ts'
import { defaultTree } from './default-tree.ts'

const statements = logStatements()
let harness: Harness
let ana: Client
let other: Client

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp()
  other = await harness.signUp({ locale: 'es' })
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

const NOBODY = '00000000-0000-4000-8000-000000000000'

async function add(name: string, more: Record<string, unknown> = {}): Promise<Answer['body']> {
  const answer = await ana.post('/categories', { name, ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

/** A chain of so many new categories, each under the one before. */
async function chain(name: string, length: number): Promise<string[]> {
  const ids: string[] = []
  for (let level = 1; level <= length; level += 1) {
    ids.push((await add(`${name} ${level}`, { parentId: ids.at(-1) ?? null })).id)
  }
  return ids
}

const moveTo = (id: string, parentId: string | null): Promise<Answer> =>
  ana.patch(`/categories/${id}`, { parentId }, { 'if-match': '*' })

describe('the first tree of a workspace', () => {
  it.each([
    ['pt-BR', 'Mercado'],
    ['es-AR', 'Supermercado'],
    ['en', 'Groceries'],
  ])('is planted in its language: %s', async (locale, groceries) => {
    const client = await harness.signUp({ locale })
    const { body } = await client.get('/categories')
    expect(body.items).toHaveLength(defaultTree.length)
    expect(body.nextCursor).toBeNull()
    const byKey = new Map<string, Answer['body']>(body.items.map((item: Answer['body']) => [item.key, item]))
    expect(byKey.get('food.groceries')).toMatchObject({
      name: groceries,
      kind: 'expense',
      parentId: byKey.get('food')?.id,
    })
  })
})

describe('POST /categories', () => {
  it('gives a child the kind of its parent, and refuses another', async () => {
    const parent = await add('Side business', { kind: 'income', icon: 'cash', color: '#00ff99' })
    expect(parent).toMatchObject({
      kind: 'income',
      parentId: null,
      key: null,
      icon: 'cash',
      color: '#00ff99',
      version: 1,
    })
    expect(await add('Consulting', { parentId: parent.id })).toMatchObject({
      kind: 'income',
      parentId: parent.id,
    })
    const refused = await ana.post('/categories', { name: 'Rent', parentId: parent.id, kind: 'expense' })
    expect([refused.status, refused.body.fields[0].path]).toEqual([400, 'kind'])
  })

  it("refuses an unknown parent and another tenant's with 422", async () => {
    const theirs = (await other.get('/categories')).body.items[0].id
    for (const parentId of [NOBODY, theirs]) {
      const refused = await ana.post('/categories', { name: 'Lost', parentId })
      expect([refused.status, refused.body.code]).toEqual([422, 'unknown_reference'])
    }
  })

  it('takes a name once in one place, also when two ask at once', async () => {
    const parent = await add('Names')
    const answers = await Promise.all(
      ['Café', 'café', 'CAFÉ'].map((name) => ana.post('/categories', { name, parentId: parent.id })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
    expect(await add('Café')).toMatchObject({ parentId: null })
  })

  it('goes five levels deep and no further', async () => {
    const ids = await chain('Deep', 5)
    const refused = await ana.post('/categories', { name: 'Too deep', parentId: ids[4] })
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request'])
  })

  it('answers a repeated Idempotency-Key with the first answer and adds nothing', async () => {
    const headers = { 'idempotency-key': 'category-once' }
    const first = await ana.post('/categories', { name: 'Once' }, headers)
    const second = await ana.post('/categories', { name: 'Once' }, headers)
    expect(second.body).toEqual(first.body)
    expect(second.headers['idempotency-replayed']).toBe('true')
  })

  it.each([
    ['an unknown key', { name: 'X', colour: 'red' }],
    ['an empty name', { name: ' ' }],
    ['a wrong kind', { name: 'X', kind: 'transfer' }],
    ['a parent that is no UUID', { name: 'X', parentId: '1' }],
  ])('refuses %s with 400', async (_what, body) => {
    expect((await ana.post('/categories', body)).status).toBe(400)
  })
})

describe('GET /categories', () => {
  it('walks the list in pages without losing or repeating one', async () => {
    const all = (await ana.get('/categories')).body.items.map((item: Answer['body']) => item.id)
    const walked: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body }: Answer = await ana.get(`/categories?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)
      walked.push(...body.items.map((item: Answer['body']) => item.id))
      cursor = body.nextCursor
    }
    expect(walked).toEqual(all)
    expect(await statements.during(() => ana.get('/categories'))).toHaveLength(1)
  })

  it.each([
    'x',
    'WyJhIl0',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('["a\\u0000","x"]').toString('base64url'),
  ])('refuses a cursor that no list gave out: %s', async (cursor) => {
    expect((await ana.get(`/categories?cursor=${cursor}`)).status).toBe(400)
  })
})

describe('PATCH /categories/{id}', () => {
  it('renames, answers a new ETag, and refuses the old one', async () => {
    const { id } = await add('Before')
    expect((await ana.patch(`/categories/${id}`, { name: 'X' })).status).toBe(428)
    const renamed = await ana.patch(
      `/categories/${id}`,
      { name: 'After', icon: 'star' },
      { 'if-match': '"1"' },
    )
    expect(renamed.body).toMatchObject({ name: 'After', icon: 'star', version: 2 })
    expect(renamed.headers['etag']).toBe('"2"')
    const late = await ana.patch(`/categories/${id}`, { name: 'Late' }, { 'if-match': '"1"' })
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed'])
    expect((await ana.get(`/categories/${id}`)).body).toMatchObject({
      name: 'After',
      icon: 'star',
      version: 2,
    })
  })

  it('refuses a name that a sibling has, and a move to where it is taken', async () => {
    const parent = await add('Siblings')
    const first = await add('One', { parentId: parent.id })
    const second = await add('Two', { parentId: parent.id })
    await add('One')
    const headers = { 'if-match': '*' }
    expect((await ana.patch(`/categories/${second.id}`, { name: 'ONE' }, headers)).status).toBe(409)
    expect((await moveTo(first.id, null)).status).toBe(409)
  })

  it('refuses to put a category under itself or under its own', async () => {
    const [top = '', middle = '', low = ''] = await chain('Ring', 3)
    for (const parentId of [top, middle, low]) {
      const refused = await moveTo(top, parentId)
      expect([refused.status, refused.body.code]).toEqual([422, 'category_cycle'])
    }
  })

  it('refuses a move that would make the tree too deep', async () => {
    const [top = ''] = await chain('Tall', 3)
    const [, , third = ''] = await chain('Host', 3)
    expect((await moveTo(top, third)).status).toBe(400)
  })

  it('never closes a ring, when two moves are made at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await add(`A${round}`), await add(`B${round}`)]
      const answers = await Promise.all([moveTo(a.id, b.id), moveTo(b.id, a.id)])
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422])
    }
  })

  it('gives what moves into a tree of the other kind that kind, with all under it', async () => {
    const [top = '', below = ''] = await chain('Switch', 2)
    const income = await add('Other income tree', { kind: 'income' })
    expect((await moveTo(top, income.id)).body).toMatchObject({ kind: 'income', parentId: income.id })
    expect((await ana.get(`/categories/${below}`)).body).toMatchObject({ kind: 'income', version: 2 })
  })
})

describe('DELETE /categories/{id}', () => {
  it('deletes what nothing uses, once, and honours If-Match', async () => {
    const { id } = await add('Short-lived')
    expect((await ana.delete(`/categories/${id}`, { 'if-match': '"9"' })).status).toBe(412)
    expect((await ana.delete(`/categories/${id}`, { 'if-match': '"1"' })).status).toBe(204)
    expect((await ana.delete(`/categories/${id}`)).status).toBe(404)
  })

  it('refuses what has children, transactions or a budget, and forgets deleted transactions', async () => {
    const tenant = tenantOf(harness, ana)
    const accountId = await addAccount(tenant)
    const [parent = '', child = ''] = await chain('Used', 2)
    expect((await ana.delete(`/categories/${parent}`)).body.code).toBe('in_use')
    const budget = await ana.post('/budgets', { categoryId: child, amountMinor: 100 })
    expect((await ana.delete(`/categories/${child}`)).body.code).toBe('in_use')
    expect((await ana.delete(`/budgets/${budget.body.id}`)).status).toBe(204)

    const spent = await add('Spent on')
    const line = { accountId, occurredOn: '2026-11-01', amountMinor: -100, categoryId: spent.id }
    await addTransactions(tenant, [{ ...line, isDeleted: true }])
    const { id } = await add('Spent on, deleted')
    await addTransactions(tenant, [{ ...line, categoryId: id, isDeleted: true }])
    await addTransactions(tenant, [line])
    expect((await ana.delete(`/categories/${spent.id}`)).body.code).toBe('in_use')
    expect((await ana.delete(`/categories/${id}`)).status).toBe(204)
  })

  it("is 404 for another tenant's, and leaves it", async () => {
    const theirs = (await other.get('/categories')).body.items.at(-1)
    for (const answer of [
      await ana.get(`/categories/${theirs.id}`),
      await moveTo(theirs.id, null),
      await ana.delete(`/categories/${theirs.id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    }
    expect((await other.get(`/categories/${theirs.id}`)).body).toEqual(theirs)
  })
})
