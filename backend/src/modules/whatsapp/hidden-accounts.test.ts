/** What a linked member hears and writes by WhatsApp, where an account is kept from them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GraphDouble } from '../../integrations/whatsapp/graph-double.ts'
import { chatsOf, startTestGraph } from '../../../test/chats.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'

let harness: Harness
let double: GraphDouble
const { say, link, messages } = chatsOf(() => harness)

beforeAll(async () => {
  double = await startTestGraph()
  harness = await createHarness({ environment: { WHATSAPP_GRAPH_URL: double.url } })
  await harness.startJobs()
})
afterAll(async () => {
  await harness.close()
  await double.close()
})

describe('a linked member who is kept from an account', () => {
  const HIDDEN = 'Cofre Sigiloso'
  let owner: Client
  let member: Client
  let seen: string
  let hidden: string
  let chatId: string
  const waId = '5511966660001'

  async function account(name: string, openingBalanceMinor: number): Promise<string> {
    const body = { name, type: 'checking', currency: 'BRL', openingBalanceMinor }
    return (await owner.post('/accounts', body)).body.id
  }
  /** What the newest message was answered. */
  const answered = async (text: string): Promise<string> => {
    await say({ waId, text })
    const [newest] = await messages(member, chatId)
    expect(newest?.direction).toBe('outbound')
    return newest?.text ?? ''
  }
  const bookedIn = async (accountId: string): Promise<number> =>
    (await owner.get(`/transactions?accountId=${accountId}`)).body.items.length

  beforeAll(async () => {
    owner = await harness.signUp()
    seen = await account('Conta da casa', 10_00)
    hidden = await account(HIDDEN, 777_77)
    const entry = { occurredOn: '2026-11-20', description: 'Joalheria' }
    await owner.post('/transactions', { ...entry, accountId: hidden, amountMinor: -333_33 })
    await owner.post('/transactions', {
      ...entry,
      accountId: seen,
      amountMinor: -2_00,
      description: 'Padaria',
    })
    member = await joinAs(harness, owner, 'member', [hidden])
    chatId = await link(member, { waId })
  })

  it('hears balances and spending of what they see alone', async () => {
    const told = [
      await answered('saldo'),
      await answered('gastos do mês'),
      await answered('saldo do cofre sigiloso'),
    ]
    expect(told[0]).toContain('Conta da casa')
    expect(told[1]).toContain('2,00')
    for (const text of told) expect(text).not.toMatch(/cofre|sigiloso|777|444|333|joalheria/i)
  })

  it('books nothing there, also by its name', async () => {
    const before = await bookedIn(hidden)
    await say({ waId, text: 'mercado 52,90 no cofre sigiloso' })
    await say({ waId, text: 'padaria 8' })
    expect(await bookedIn(hidden)).toBe(before)
    expect(await bookedIn(seen)).toBeGreaterThan(1)
  })

  it('hears nothing of an account from the moment that it is kept from them, and takes nothing back there', async () => {
    const before = await bookedIn(seen)
    const members = (await owner.get('/members')).body.items as { id: string; version: number }[]
    const row = members.find(({ id }) => id === member.session.user.id)
    const changed = await owner.patch(
      `/members/${row?.id}`,
      { hiddenAccountIds: [hidden, seen] },
      { 'if-match': `"${row?.version}"` },
    )
    expect(changed.status).toBe(200)
    for (const text of ['saldo', 'gastos do mês', 'desfazer'])
      expect(await answered(text)).not.toMatch(/conta da casa|cofre|padaria|mercado/i)
    expect(await bookedIn(seen)).toBe(before)
  })
})
