/** What a workspace holds before a browser looks at it. */
import { createAccount } from '@chronos/contracts/accounts'
import type { Account } from '@chronos/contracts/accounts'
import { verifyEmail } from '@chronos/contracts/auth'
import { createBudget } from '@chronos/contracts/budgets'
import { listCategories } from '@chronos/contracts/categories'
import { applyImport, createImport } from '@chronos/contracts/imports'
import type { Import } from '@chronos/contracts/imports'
import { createTransaction, createTransfer } from '@chronos/contracts/transactions'
import type { Transaction } from '@chronos/contracts/transactions'
import { createLinkCode, listChatMessages, listChats } from '@chronos/contracts/whatsapp'
import { expect } from '@playwright/test'
import type { Person } from './api.ts'
import { daysAgo, today } from './dates.ts'
import { linkTo } from './mail.ts'
import { statement } from './statement.ts'
import { whatsappPerson } from './whatsapp.ts'

type AccountMore = Partial<Pick<Account, 'type' | 'currency'>>

/** @param balanceMinor in hundredths */
export function openAccount(
  person: Person,
  name: string,
  balanceMinor = 0,
  { type = 'checking', currency = 'BRL' }: AccountMore = {},
): Promise<Account> {
  return person.ask(createAccount, { body: { name, type, currency, openingBalanceMinor: balanceMinor } })
}

interface SpendMore {
  occurredOn?: string
  categoryId?: string
  lines?: { categoryId: string; amountMinor: number }[]
  tags?: string[]
  notes?: string
}

/** @param amountMinor in hundredths, negative for money out */
export function spend(
  person: Person,
  account: Account,
  description: string,
  amountMinor: number,
  more: SpendMore = {},
): Promise<Transaction> {
  return person.ask(createTransaction, {
    body: { accountId: account.id, occurredOn: today(), description, amountMinor, ...more },
  })
}

/** Uploads a statement; nothing is booked yet. */
export async function upload(person: Person, name: string, content: BlobPart): Promise<Import> {
  const body = new FormData()
  body.append('file', new File([content], name))
  return person.ask(createImport, { body })
}

export interface Furnished {
  person: Person
  split: Transaction
  /** A statement that waits for a last look, with rows that were refused. */
  waiting: Import
}

const EXPENSES = [
  ['Mercado do bairro', 'Mercado', -18_740],
  ['Aluguel', 'Aluguel', -185_000],
  ['Padaria Estrela', 'Padaria', -2_380],
  ['Farmácia', 'Farmácia', -8_990],
  ['Cinema com as crianças, pipoca e estacionamento do shopping no centro da cidade', null, -12_650],
] as const

/** A workspace that has been lived in: something of everything that a page can show. */
export async function furnish(person: Person): Promise<Furnished> {
  const { items: categories } = await person.ask(listCategories, { query: { limit: 200 } })
  const idOf = (name: string): string => {
    const found = categories.find((category) => category.name === name)
    if (!found) throw new Error(`New workspaces have no category ${name}`)
    return found.id
  }
  const main = await openAccount(person, 'Conta do banco', 250_000)
  const card = await openAccount(person, 'Cartão de crédito', 0, { type: 'credit_card' })
  await openAccount(person, 'Viagem', 120_050, { type: 'savings', currency: 'USD' })
  await Promise.all(
    [0, 31, 62, 93].flatMap((days) => [
      spend(person, main, 'Salário', 620_000, { occurredOn: daysAgo(days), categoryId: idOf('Salário') }),
      ...EXPENSES.map(([description, category, amount], index) =>
        spend(person, index % 2 === 0 ? card : main, description, amount - days * 13, {
          occurredOn: daysAgo(days + (days === 0 ? 0 : index)),
          ...(category === null ? {} : { categoryId: idOf(category) }),
          ...(index === 4 ? { tags: ['família', 'fim de semana'] } : {}),
        }),
      ),
    ]),
  )
  const split = await spend(person, main, 'Compras do mês', -30_000, {
    lines: [
      { categoryId: idOf('Mercado'), amountMinor: -22_000 },
      { categoryId: idOf('Farmácia'), amountMinor: -8_000 },
    ],
    notes: 'Nota fiscal na gaveta',
  })
  await person.ask(createTransfer, {
    body: {
      fromAccountId: main.id,
      toAccountId: card.id,
      amountMinor: 40_000,
      occurredOn: today(),
      description: 'Fatura',
    },
  })
  for (const [name, amountMinor] of [
    ['Mercado', 45_000],
    ['Padaria', 2_000],
    ['Moradia', 400_000],
  ] as const)
    await person.ask(createBudget, { body: { categoryId: idOf(name), amountMinor } })
  const { name, buffer } = statement()
  const applied = await upload(person, name, new Uint8Array(buffer))
  await person.ask(applyImport, {
    params: { id: applied.id },
    body: { accounts: { [applied.accounts[0]?.key ?? '']: 'create' } },
  })
  const waiting = await upload(person, 'fatura.csv', CSV)
  await chat(person)
  return { person, split, waiting }
}

const CSV = `Data;Descrição;Valor
03/11/2026;Posto Avenida;-150,00
31/02/2026;Dia que não existe;-10,00
05/11/2026;Livraria;-64,90
06/11/2026;Reembolso;35,00
`

/** Follows the link that came by mail when they signed up. */
async function verify(person: Person): Promise<void> {
  const link = await linkTo(person.email, '/verify-email')
  await person.ask(verifyEmail, { body: { token: link.replace(/^.*#token=/, '') } })
}

async function chat(person: Person): Promise<void> {
  await verify(person)
  const { code } = await person.ask(createLinkCode)
  const phone = whatsappPerson(person.name)
  const messages = [code, 'mercado 52,90', 'recebi 150 de reembolso', 'saldo']
  for (const [index, text] of messages.entries()) {
    await phone.writes(text)
    await expect.poll(() => phone.hears(), { timeout: 30_000 }).toHaveLength(index + 1)
  }
  const { items } = await person.ask(listChats)
  const messagesOf = await person.ask(listChatMessages, { params: { id: items[0]?.id ?? '' } })
  expect(messagesOf.items.length).toBeGreaterThan(messages.length)
}
