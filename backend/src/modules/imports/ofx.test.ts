import { describe, expect, it } from 'vitest'
import { brief, readAll } from './read-all.fixture.ts'

const HEADER = 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n'

interface Options {
  account?: string
  currency?: string
  tail?: string
}

function statement(rows: string, { account = '123-4', currency = 'BRL', tail = '' }: Options = {}): string {
  const from =
    account === '' ? '' : `<BANKACCTFROM><BANKID>001<ACCTID>${account}<ACCTTYPE>CHECKING</BANKACCTFROM>`
  return `<STMTTRNRS><STMTRS><CURDEF>${currency}${from}<BANKTRANLIST><DTSTART>20260101\n${rows}</BANKTRANLIST>${tail}</STMTRS></STMTTRNRS>`
}

function ofx(...statements: string[]): string {
  return `${HEADER}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1>${statements.join('')}</BANKMSGSRSV1></OFX>\n`
}

function row(date: string, amount: string, rest = '<FITID>1<MEMO>texto'): string {
  return `<STMTTRN>\n<TRNTYPE>OTHER<DTPOSTED>${date}<TRNAMT>${amount}${rest}\n</STMTTRN>\n`
}

describe('OFX', () => {
  it('reads unclosed and closed tags, commas and points, and dates as printed', async () => {
    const rows = [
      row('20260105', '-52,90', '<FITID>A1<MEMO>Mercado'),
      row('20260105235959[-3:BRT]', '1500.00', '<FITID>A2</FITID><NAME>Salário</NAME>'),
      row('20260106000000.000[+14:X]', ' -1.234,56 ', '<FITID>A3<MEMO>Aluguel'),
    ]
    const read = await readAll(ofx(statement(rows.join(''))))
    expect(brief(read)).toEqual([
      '2026-01-05 -5290 Mercado',
      '2026-01-05 150000 Salário',
      '2026-01-06 -123456 Aluguel',
    ])
    expect(read.rows.map((found) => found.externalId)).toEqual(['A1', 'A2', 'A3'])
    expect(read.summary?.accounts).toMatchObject([
      { key: '123-4', number: '123-4', kind: 'checking', currency: 'BRL', count: 3, sumMinor: 21254 },
    ])
  })

  it('survives wrong end tags, missing end tags of rows, lower case, attributes, comments and no header', async () => {
    const text = `<?xml version="1.0"?><!-- x --><ofx xmlns="y"><stmtrs><curdef>BRL</curdef><acctid>no</acctid>
      <bankacctfrom><acctid> 77 </acctid></bankacctfrom><banktranlist>
      <stmttrn><dtposted>20260105</dtuser><trnamt>-1</trnamt><memo>a < b & c</memo>
      <stmttrn><dtposted>20260106<trnamt>2<memo><![CDATA[x & <y>]]></memo></stmttrn>
      </banktranlist></stmtrs></ofx>`
    const read = await readAll(text)
    expect(brief(read)).toEqual(['2026-01-05 -100 a < b & c', '2026-01-06 200 x & <y>'])
    expect(read.summary?.accounts[0]?.number).toBe('77')
  })

  it('decodes entities once', async () => {
    const read = await readAll(ofx(statement(row('20260105', '1', '<MEMO>A &amp;lt; B &#233; &ccedil;'))))
    expect(read.rows[0]?.description).toBe('A &lt; B é ç')
  })

  it('merges the statements of one account and keeps several accounts and currencies apart', async () => {
    const dollars = row('20260107', '5', '<MEMO>d<CURRENCY><CURRATE>5.1<CURSYM>USD</CURRENCY>')
    const read = await readAll(
      ofx(
        statement(row('20260105', '1'), { account: 'A' }),
        statement(row('20260106', '2') + dollars, { account: 'A' }),
        statement('', { account: 'B' }),
      ),
    )
    expect(
      read.summary?.accounts.map(({ key, currency, count, sumMinor }) => [key, currency, count, sumMinor]),
    ).toEqual([
      ['A', 'BRL', 2, 300],
      ['A:USD', 'USD', 1, 500],
      ['B', 'BRL', 0, 0],
    ])
  })

  it('ignores an original currency, the other side of a transfer and the balances', async () => {
    const rest =
      '<MEMO>x<BANKACCTTO><BANKID>9<ACCTID>OTHER<ACCTTYPE>SAVINGS</BANKACCTTO><ORIGCURRENCY><CURRATE>5<CURSYM>USD</ORIGCURRENCY>'
    const tail = '<LEDGERBAL><BALAMT>R$ 5.326,43<DTASOF>30/06/2025</LEDGERBAL><AVAILBAL><BALAMT></AVAILBAL>'
    const read = await readAll(ofx(statement(row('20260105', '1', rest), { tail })))
    expect(read.summary?.accounts).toMatchObject([
      { key: '123-4', currency: 'BRL', kind: 'checking', sumMinor: 100 },
    ])
  })

  it('has the key default where the file names no account, and assumes a missing currency openly', async () => {
    const read = await readAll(ofx(statement(row('20260105', '1'), { account: '', currency: '' })), {
      currency: 'CLP',
    })
    expect(read.summary?.accounts).toMatchObject([
      { key: 'default', number: null, currency: null, sumMinor: 1 },
    ])
    expect(read.summary?.notices.map((notice) => notice.code)).toContain('currency_assumed')
  })

  it('keeps twins and rows with empty or zero ids apart', async () => {
    const twin = row('20260105', '-10', '<FITID><MEMO>Café')
    const read = await readAll(ofx(statement(twin + twin + row('20260105', '-10', '<FITID>0<MEMO>Chá'))))
    expect(read.rows.every((found) => found.externalId === null)).toBe(true)
    expect(new Set(read.rows.map((found) => found.dedupeKey)).size).toBe(3)
  })

  it('says that a valid statement is empty', async () => {
    const read = await readAll(ofx(statement('')))
    expect(read.summary).toMatchObject({ empty: true, rows: 0, accounts: [{ key: '123-4', count: 0 }] })
  })

  it('takes directions from the types where no amount of the statement has a sign', async () => {
    const typed = (type: string, amount: string): string =>
      row('20260105', amount, `<FITID>${type}<MEMO>x`).replace('OTHER', type)
    const unsigned = await readAll(ofx(statement(typed('DEBIT', '10') + typed('CREDIT', '3'))))
    expect(unsigned.rows.map((found) => found.amountMinor)).toEqual([-1000, 300])
    const turned = await readAll(ofx(statement(typed('DEBIT', '10') + typed('CREDIT', '-3'))))
    expect(turned.rows.map((found) => found.amountMinor)).toEqual([-1000, 300])
    const signed = await readAll(ofx(statement(typed('DEBIT', '10') + typed('DEBIT', '-3'))))
    expect(signed.rows.map((found) => found.amountMinor)).toEqual([1000, -300])
  })

  it('judges a lone mark before three digits by the other amounts', async () => {
    const with2 = await readAll(ofx(statement(row('20260105', '1.500') + row('20260106', '20,00'))))
    expect(with2.rows.map((found) => found.amountMinor)).toEqual([150000, 2000])
    const alone = await readAll(ofx(statement(row('20260105', '1.500'))))
    expect(alone.rows.map((found) => found.amountMinor)).toEqual([150])
    const both = await readAll(
      ofx(statement(row('20260105', '1.500') + row('20260106', '2,00') + row('20260106', '2.00'))),
    )
    expect(both.errors.map((error) => error.code)).toEqual(['amount_ambiguous'])
  })

  it('refuses the whole file for one unreadable row and names each with its line', async () => {
    const rows = [
      row('20260105', '1'),
      row('20260231', '1'),
      row('', '1'),
      row('20260105', '12..3'),
      row('20260105', ''),
      row('00000000', '1'),
    ]
    const read = await readAll(ofx(statement(rows.join(''))))
    expect(read.refusal?.code).toBe('rows_unreadable')
    expect(read.errors.map((error) => `${error.line}:${error.code}`)).toEqual([
      '11:bad_date',
      '14:missing_date',
      '17:bad_amount',
      '20:missing_amount',
      '23:bad_date',
    ])
  })

  it('refuses a currency that does not exist', async () => {
    const read = await readAll(ofx(statement(row('20260105', '1'), { currency: 'XYZ' })))
    expect(read.errors.map((error) => error.code)).toEqual(['unknown_currency'])
  })

  it('refuses a file cut off in the middle, wherever it was cut', async () => {
    const whole = ofx(statement(row('20260105', '-12.34') + row('20260106', '-56.78')))
    const first = whole.indexOf('<STMTTRN>')
    const last = whole.indexOf('</BANKTRANLIST>')
    for (let at = first + 5; at < last; at += 7) {
      const read = await readAll(whole.slice(0, at))
      expect(read.status).toBe('refused')
      expect(read.refusal?.code).toBe('ofx_cut_off')
    }
  })

  it('reads a file whose last end tags are missing after the list', async () => {
    const whole = ofx(statement(row('20260105', '-12.34')))
    const read = await readAll(whole.slice(0, whole.indexOf('</BANKTRANLIST>') + 15))
    expect(brief(read)).toEqual(['2026-01-05 -1234 texto'])
  })

  it.each([
    ['no statement', '<OFX></OFX>', 'ofx_no_statement'],
    [
      'the error of a bank',
      '<OFX><STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>No</STATUS></OFX>',
      'ofx_bank_error',
    ],
    [
      'investments',
      '<OFX><INVSTMTRS><INVTRANLIST><STMTTRN><TRNAMT>1</STMTTRN></INVSTMTRS></OFX>',
      'ofx_investments',
    ],
    ['a declared entity', '<!DOCTYPE a [<!ENTITY b "c">]><OFX><STMTRS></OFX>', 'ofx_entities'],
  ])('refuses %s', async (_name, body, code) => {
    expect((await readAll(HEADER + body)).refusal?.code).toBe(code)
  })

  it('imports the bank beside an investment account and says so', async () => {
    const text = ofx(
      statement(row('20260105', '1')),
      '<INVSTMTTRNRS><INVSTMTRS><INVTRANLIST><INVBANKTRAN><STMTTRN><DTPOSTED>20260105<TRNAMT>9</STMTTRN></INVBANKTRAN></INVTRANLIST></INVSTMTRS></INVSTMTTRNRS>',
    )
    const read = await readAll(text)
    expect(read.summary).toMatchObject({ rows: 1, notices: [{ code: 'investments_left_out' }] })
  })

  it('reads the same however the bytes are cut', async () => {
    const text = ofx(statement(row('20260105', '-1,00', '<MEMO>Ação &amp; João') + row('20260106', '2')))
    const whole = await readAll(text)
    for (const chunkBytes of [1, 2, 7, 64])
      expect((await readAll(text, { chunkBytes })).rows).toEqual(whole.rows)
  })
})
