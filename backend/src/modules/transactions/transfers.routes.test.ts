import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
let ana: Client
let brl: string
let savings: string
let usd: string

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp()
  brl = await open('BRL')
  savings = await open('BRL')
  usd = await open('USD')
})
afterAll(() => harness.close())

async function open(currency: string): Promise<string> {
  const answer = await ana.post('/accounts', { name: currency, type: 'checking', currency })
  return answer.body.id as string
}

function transfer(values: object = {}): Promise<Answer> {
  const body = {
    fromAccountId: brl,
    toAccountId: savings,
    occurredOn: '2026-11-20',
    amountMinor: 100,
    description: 'Reserva',
  }
  return ana.post('/transfers', { ...body, ...values })
}

async function balances(): Promise<number[]> {
  const answers = await Promise.all([brl, savings, usd].map((id) => ana.get(`/accounts/${id}`)))
  return answers.map((answer) => answer.body.balanceMinor as number)
}

describe('POST /transfers', () => {
  it('makes two transactions with one transferId, left out of income and expense', async () => {
    const before = await balances()
    const { status, body } = await transfer({ notes: 'mensal' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      from: {
        accountId: brl,
        amountMinor: -100,
        transferId: body.id,
        description: 'Reserva',
        notes: 'mensal',
      },
      to: { accountId: savings, amountMinor: 100, transferId: body.id, categoryId: null },
    })
    expect((await ana.get(`/transactions/${body.to.id}`)).body).toEqual(body.to)
    expect(await balances()).toEqual([(before[0] ?? 0) - 100, (before[1] ?? 0) + 100, before[2]])
    expect((await ana.get('/reports/summary?from=2026-11&to=2026-11')).body.items).toEqual([])
    expect((await ana.get('/transactions?uncategorized=true')).body.items).toEqual([])
  })

  it('needs what arrives where the currencies differ, and refuses it where they do not', async () => {
    const { body } = await transfer({ toAccountId: usd, receivedMinor: 20 })
    expect([body.from.currency, body.from.amountMinor, body.to.currency, body.to.amountMinor]).toEqual([
      'BRL',
      -100,
      'USD',
      20,
    ])
    for (const wrong of [{ toAccountId: usd }, { receivedMinor: 100 }]) {
      const answer = await transfer(wrong)
      expect([answer.status, answer.body.code]).toEqual([422, 'currency_mismatch'])
      expect(answer.body.fields[0].path).toBe('receivedMinor')
    }
  })

  it('refuses an account to itself, unknown accounts and amounts that are not positive', async () => {
    const before = await balances()
    expect((await transfer({ toAccountId: brl.toUpperCase() })).status).toBe(400)
    expect((await transfer({ amountMinor: 0 })).status).toBe(400)
    const unknown = await transfer({ toAccountId: crypto.randomUUID(), fromAccountId: crypto.randomUUID() })
    expect([unknown.status, unknown.body.code]).toEqual([422, 'unknown_reference'])
    expect(unknown.body.fields.map((field: { path: string }) => field.path)).toEqual([
      'fromAccountId',
      'toAccountId',
    ])
    expect(await balances()).toEqual(before)
  })
})

describe('a leg of a transfer', () => {
  it('changes its words but not what it shares with the other leg', async () => {
    const { from } = (await transfer()).body
    const match = { 'if-match': '"1"' }
    for (const wrong of [
      { amountMinor: -101 },
      { occurredOn: '2026-11-21' },
      { accountId: usd },
      { categoryId: (await ana.get('/categories?limit=1')).body.items[0].id },
      { lines: [{ amountMinor: -100 }] },
    ]) {
      const answer = await ana.patch(`/transactions/${from.id}`, wrong, match)
      expect([answer.status, answer.body.code]).toEqual([422, 'transfer_leg'])
      expect(answer.body.fields).toMatchObject([{ path: Object.keys(wrong)[0] }])
    }
    const words = {
      description: 'Outra',
      notes: 'n',
      tags: ['t'],
      amountMinor: -100,
      occurredOn: '2026-11-20',
    }
    const changed = await ana.patch(`/transactions/${from.id}`, words, match)
    expect([changed.status, changed.body.description, changed.body.tags]).toEqual([200, 'Outra', ['t']])
  })

  it('is deleted and restored together with the other', async () => {
    const before = await balances()
    const { from, to } = (await transfer()).body
    expect((await ana.delete(`/transactions/${to.id}`)).status).toBe(204)
    expect((await ana.get(`/transactions/${from.id}`)).status).toBe(404)
    expect(await balances()).toEqual(before)
    expect((await ana.post(`/transactions/${from.id}/restore`)).status).toBe(200)
    expect((await ana.get(`/transactions/${to.id}`)).body.amountMinor).toBe(100)
    expect(await balances()).toEqual([(before[0] ?? 0) - 100, (before[1] ?? 0) + 100, before[2]])
  })

  it('is deleted once, however many try on either leg at the same time', async () => {
    const before = await balances()
    const { from, to } = (await transfer()).body
    const answers = await Promise.all([from, to, from, to].map(({ id }) => ana.delete(`/transactions/${id}`)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 404, 404, 404])
    expect(await balances()).toEqual(before)
  })
})
