import { currencyExponent, minorFromDecimal } from '@chronos/contracts/money'
import { describe, expect, it } from 'vitest'
import { ADVERSARIAL } from './corpus-adversarial.ts'
import { ENGLISH } from './corpus-en.ts'
import { SPANISH } from './corpus-es.ts'
import { PORTUGUESE } from './corpus-pt.ts'
import { CORPUS_TODAY } from './corpus.ts'
import type { Line, Workspace } from './corpus.ts'
import { parseMessage } from './message.rules.ts'
import type { Intent, MessageContext } from './message.rules.ts'
import type { RecordDraft } from './records.rules.ts'

/** Right answers per hundred that the parser must keep; all 548 were right when this was written, 2026-11-23. */
const FLOOR = 99

const WORKSPACES: Readonly<Record<Workspace, Omit<MessageContext, 'today' | 'categories'>>> = {
  br: {
    locale: 'pt-BR',
    currency: 'BRL',
    accounts: [
      { name: 'Nubank', type: 'credit_card' },
      { name: 'Itaú', type: 'checking' },
      { name: 'Carteira', type: 'cash' },
    ],
  },
  us: {
    locale: 'en',
    currency: 'USD',
    accounts: [
      { name: 'Chase Checking', type: 'checking' },
      { name: 'Visa', type: 'credit_card' },
      { name: 'Wallet', type: 'cash' },
    ],
  },
  gb: { locale: 'en-GB', currency: 'GBP', accounts: [{ name: 'Monzo', type: 'checking' }] },
  ar: {
    locale: 'es-AR',
    currency: 'ARS',
    accounts: [
      { name: 'Banco Galicia', type: 'checking' },
      { name: 'Efectivo', type: 'cash' },
    ],
  },
  mx: { locale: 'es', currency: 'MXN', accounts: [{ name: 'BBVA', type: 'credit_card' }] },
  cl: { locale: 'es-CL', currency: 'CLP', accounts: [{ name: 'Cuenta RUT', type: 'checking' }] },
}

function recordMatches(record: RecordDraft, expected: string, workspace: Workspace): boolean {
  const currency = record.currency ?? WORKSPACES[workspace].currency
  const description = /"([^"]*)"/.exec(expected)?.[1]
  const parts = expected
    .replace(/"[^"]*"/, '')
    .trim()
    .split(/\s+/)
  const [amount = '', ...fields] = parts
  const field = (prefix: string) => fields.find((part) => part.startsWith(prefix))?.slice(prefix.length)
  const category = fields.find((part) => /^([a-z]+\.[a-z_]+|\?)$/.test(part))
  const { categoryHint } = record
  const key = categoryHint?.by === 'key' ? categoryHint.key : '?'
  const full = accountName(workspace, field('acc:'))
  return (
    record.direction === (amount.startsWith('+') ? 'income' : 'expense') &&
    record.amountMinor === minorFromDecimal(amount.slice(1), currencyExponent(currency)) &&
    record.occurredOn === (field('@') ?? CORPUS_TODAY) &&
    record.accountHint === full &&
    (category === undefined || category === key) &&
    (field('cur:') === undefined || field('cur:') === record.currency) &&
    record.installments === (fields.some((part) => /^x\d+$/.test(part)) ? Number(field('x')) : null) &&
    (description === undefined || description === record.description)
  )
}

function accountName(workspace: Workspace, hint: string | undefined): string | null {
  if (hint === undefined) return null
  return WORKSPACES[workspace].accounts.find(({ name }) => name.includes(hint))?.name ?? hint
}

function matches(intent: Intent, expected: string, workspace: Workspace): boolean {
  const [head = '', ...rest] = expected.split(' ')
  if (/^[+-]/.test(head)) {
    const wanted = expected.split(' ; ')
    if (intent.kind !== 'record' || intent.records.length !== wanted.length) return false
    return intent.records.every((record, index) => recordMatches(record, wanted[index] ?? '', workspace))
  }
  if (intent.kind === 'unknown') return expected === 'unknown:*' || expected === `unknown:${intent.reason}`
  if (intent.kind === 'link_code') return expected === `code:${intent.code}`
  if (intent.kind !== head) return false
  if (intent.kind === 'balance')
    return (
      intent.accountHint ===
      accountName(workspace, rest[0]?.startsWith('acc:') ? rest[0].slice(4) : undefined)
    )
  if (intent.kind !== 'spending') return true
  const [span, about] = rest
  const flow = about === 'income' ? 'income' : 'expense'
  const key = about === undefined || about === 'income' ? null : about
  return span === `${intent.from}..${intent.to}` && intent.flow === flow && intent.categoryKey === key
}

function wrongOf(lines: readonly Line[]): string[] {
  return lines.flatMap(([workspace, text, expected]) => {
    const intent = parseMessage(text, { ...WORKSPACES[workspace], today: CORPUS_TODAY, categories: [] })
    return matches(intent, expected, workspace) ? [] : [`${text} | ${expected} | ${JSON.stringify(intent)}`]
  })
}

describe('the corpus', () => {
  const parts = { PORTUGUESE, ENGLISH, SPANISH, ADVERSARIAL }
  const all = Object.values(parts).flat()

  it('is large and has every line once', () => {
    expect(all.length).toBeGreaterThanOrEqual(250)
    expect(new Set(all.map(([workspace, text]) => `${workspace} ${text}`)).size).toBe(all.length)
  })

  it.each(Object.entries(parts))(`is read right in at least ${FLOOR} of 100 lines: %s`, (name, lines) => {
    const wrong = wrongOf(lines)
    const right = (100 * (lines.length - wrong.length)) / lines.length
    const report = `${name}: ${lines.length - wrong.length} of ${lines.length} right\n${wrong.join('\n')}`
    expect(right, report).toBeGreaterThanOrEqual(FLOOR)
  })
})
