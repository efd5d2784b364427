/** What must hold for any statement and for any bytes at all. */
import { isCalendarDate } from '@chronos/contracts/dates'
import { decimalFromMinor } from '@chronos/contracts/money'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAll } from './read-all.fixture.ts'
import type { ReadAll } from './read-all.fixture.ts'

const day = fc
  .tuple(
    fc.integer({ min: 2015, max: 2026 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([year, month, date]) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`)
const row = fc.record({
  date: day,
  minor: fc.integer({ min: -99_999_999, max: 99_999_999 }),
  text: fc.stringMatching(/^[a-zA-ZçãéíÇ"&<;,.' -]{1,30}$/),
})

function expectSound(read: ReadAll): void {
  for (const found of read.rows) {
    expect(Number.isSafeInteger(found.amountMinor)).toBe(true)
    expect(Object.is(found.amountMinor, -0)).toBe(false)
    expect(isCalendarDate(found.occurredOn)).toBe(true)
    expect(found.description.length).toBeLessThanOrEqual(500)
  }
  if (read.status !== 'ready') return
  expect(read.summary?.rows).toBe(read.rows.length)
  expect(read.summary?.empty).toBe(read.rows.length === 0)
  const count = read.summary?.accounts.reduce((sum, account) => sum + account.count, 0)
  expect(count).toBe(read.rows.length)
  expect(new Set(read.rows.map((found) => found.accountKey + found.dedupeKey)).size).toBe(read.rows.length)
}

describe('generated statements', () => {
  it('come back from CSV row by row, in any notation', async () => {
    const style = fc.constantFrom({ mark: ',', group: '.', cut: ';' }, { mark: '.', group: ',', cut: '\t' })
    await expect(
      fc.assert(
        fc.asyncProperty(
          fc.array(row, { minLength: 1, maxLength: 30 }),
          style,
          async (rows, { mark, group, cut }) => {
            const negative = [{ date: '2026-12-31', minor: -123, text: 'compra' }, ...rows]
            const lines = negative.map(({ date, minor, text }) => {
              const [whole = '', fraction = ''] = decimalFromMinor(minor, 2).split('.')
              const [year, month, dayOfMonth] = date.split('-')
              const amount = `${whole.replace(/\B(?=(\d{3})+$)/g, group)}${mark}${fraction}`
              return [`${dayOfMonth}/${month}/${year}`, `"${text.replaceAll('"', '""')}"`, amount].join(cut)
            })
            const read = await readAll(
              `${['Data', 'Histórico', 'Valor', 'Saldo'].slice(0, 3).join(cut)}\n${lines.join('\n')}\n`,
            )
            expectSound(read)
            if (read.status !== 'ready' || read.mapping?.amount.style !== 'signed') return
            const sign = read.mapping.amount.positive === 'out' ? -1 : 1
            const expected = negative.map(({ date, minor }) => `${date} ${minor * sign || 0}`)
            expect(read.rows.map((found) => `${found.occurredOn} ${found.amountMinor}`)).toEqual(expected)
          },
        ),
        { numRuns: 150 },
      ),
    ).resolves.toBeUndefined()
  })

  it('come back from OFX row by row', async () => {
    await expect(
      fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.boolean(), async (rows, closed) => {
          const end = (tag: string): string => (closed ? `</${tag}>` : '')
          const list = rows.map(({ date, minor, text }, index) => {
            const memo = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
            return `<STMTTRN><TRNTYPE>OTHER${end('TRNTYPE')}<DTPOSTED>${date.replaceAll('-', '')}${end('DTPOSTED')}<TRNAMT>${decimalFromMinor(minor, 2)}${end('TRNAMT')}<FITID>${index}x${end('FITID')}<MEMO>${memo}${end('MEMO')}</STMTTRN>`
          })
          const text = `<OFX><STMTRS><CURDEF>BRL<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>${list.join('\n')}</BANKTRANLIST></STMTRS></OFX>`
          const read = await readAll(text)
          expectSound(read)
          expect(read.rows.map((found) => `${found.occurredOn} ${found.amountMinor}`)).toEqual(
            rows.map(({ date, minor }) => `${date} ${minor}`),
          )
        }),
        { numRuns: 150 },
      ),
    ).resolves.toBeUndefined()
  })
})

describe('any bytes', () => {
  const seeds = fc.constantFrom(
    'Date,Description,Amount\n2026-01-15,a,-5.00\n2026-01-16,b,6.00\n',
    'Data;Histórico;Débito;Crédito;Saldo\n15/01/2026;a;5,00;;95,00\n16/01/2026;b;;6,00;101,00\n',
    '<OFX><STMTRS><CURDEF>BRL<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN><DTPOSTED>20260115<TRNAMT>-5,00<MEMO>a</STMTTRN></BANKTRANLIST></STMTRS></OFX>',
  )

  it('never crash and never give a bad row', async () => {
    await expect(
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) =>
          expectSound(await readAll(bytes)),
        ),
        { numRuns: 300 },
      ),
    ).resolves.toBeUndefined()
  })

  it('never crash a statement that is damaged somewhere', async () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.string({ maxLength: 6 }), fc.nat(12)), {
      minLength: 1,
      maxLength: 6,
    })
    await expect(
      fc.assert(
        fc.asyncProperty(seeds, damage, async (seed, cuts) => {
          let text = seed
          for (const [at, insert, remove] of cuts) {
            const place = at % (text.length + 1)
            text = text.slice(0, place) + insert + text.slice(place + remove)
          }
          expectSound(await readAll(text))
        }),
        { numRuns: 500 },
      ),
    ).resolves.toBeUndefined()
  })
})
