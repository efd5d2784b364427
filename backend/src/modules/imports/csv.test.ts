import { CsvMapping } from '@chronos/contracts/csv-mapping'
import { describe, expect, it } from 'vitest'
import { brief, readAll } from './read-all.fixture.ts'

const codes = (read: Awaited<ReturnType<typeof readAll>>): string[] =>
  read.errors.map((error) => `${error.line}:${error.code}`)
const problems = (read: Awaited<ReturnType<typeof readAll>>): string[] =>
  read.guess?.problems.map((problem) => problem.code) ?? []

describe('CSV rows', () => {
  it('refuses bad rows with line and reason and keeps the others', async () => {
    const read = await readAll(
      [
        'Date,Description,Amount,Currency',
        '2026-01-01,good,-1.00,EUR',
        '2026-02-30,no such day,-1.00,EUR',
        '2026-01-03,garbled,12..34,EUR',
        '2026-01-04,none,,EUR',
        '2026-01-05,too fine,1.234,EUR',
        '2026-01-06,unknown,1.00,XXY',
        ',no date,1.00,EUR',
        'soon,word,1.00,EUR',
        '2026-01-07,good,2.00,EUR',
      ].join('\n'),
    )
    expect(brief(read)).toEqual(['2026-01-01 -100 good', '2026-01-07 200 good'])
    expect(codes(read)).toEqual([
      '3:bad_date',
      '4:bad_amount',
      '5:missing_amount',
      '6:amount_too_precise',
      '7:unknown_currency',
      '8:missing_date',
      '9:bad_date',
    ])
    expect(read.summary).toMatchObject({ rows: 2, refused: 7 })
    expect(read.errors[1]?.message).toContain('12..34')
  })

  it('joins text that goes on in the next line', async () => {
    const read = await readAll(
      'Date,Details,Debit,Credit\n15/01/2026,PURCHASE,5.00,\n,at the corner,,\n16/01/2026,PAY,,9.00\n',
    )
    expect(brief(read)).toEqual(['2026-01-15 -500 PURCHASE at the corner', '2026-01-16 900 PAY'])
  })

  it('leaves out balances, totals, repeated headings and footers, and counts them', async () => {
    const read = await readAll(
      [
        'Data;Descrição;Valor',
        '01/01/2026;Saldo anterior;100,00',
        '02/01/2026;Pão;-5,00',
        '',
        'Data;Descrição;Valor',
        '03/01/2026;Leite;-6,00',
        'Total;;-11,00',
        'Gerado em 04/01/2026 pelo internet banking;;',
      ].join('\n'),
    )
    expect(brief(read)).toEqual(['2026-01-02 -500 Pão', '2026-01-03 -600 Leite'])
    expect(read.summary).toMatchObject({ refused: 0, skipped: 3 })
  })

  it('names a line without date and amount when rows follow it', async () => {
    const read = await readAll('Data;Descrição;Valor\n02/01/2026;a;-5,00\nnota solta;;\n03/01/2026;b;-6,00\n')
    expect(codes(read)).toEqual(['3:not_a_transaction'])
  })

  it('refuses rows of another table further down', async () => {
    const read = await readAll(
      'Data;Descrição;Valor\n02/01/2026;a;-5,00\n\nInvestimentos;;\nData;Valor;Fundo\n02/01/2026;900,00;X\n',
    )
    expect(brief(read)).toEqual(['2026-01-02 -500 a'])
    expect(read.errors.length).toBe(1)
  })

  it('refuses a row that goes both ways', async () => {
    const read = await readAll('Date,Details,Debit,Credit\n15/01/2026,a,5.00,6.00\n16/01/2026,b,0.00,6.00\n')
    expect(codes(read)).toEqual(['2:both_directions'])
    expect(brief(read)).toEqual(['2026-01-16 600 b'])
  })

  it('keeps amounts of two currencies in two accounts', async () => {
    const read = await readAll(
      'Date,Description,Amount,Currency\n2026-01-15,a,-5.00,USD\n2026-01-16,b,7,JPY\n2026-01-17,c,-1.5,USD\n',
    )
    expect(read.summary?.accounts.map(({ key, currency, sumMinor }) => [key, currency, sumMinor])).toEqual([
      ['default', 'USD', -650],
      ['default:JPY', 'JPY', 7],
    ])
  })

  it('keeps the accounts of one file apart', async () => {
    const read = await readAll(
      'Conta;Data;Descrição;Valor\n1-1;02/01/2026;a;-5,00\n2-2;02/01/2026;b;-6,00\n1-1;03/01/2026;c;1,00\n2-2;03/01/2026;d;1,00\n1-1;04/01/2026;e;1,00\n',
    )
    expect(read.summary?.accounts.map(({ key, sumMinor }) => [key, sumMinor])).toEqual([
      ['1-1', -300],
      ['2-2', -500],
    ])
  })

  it('says that a table without rows is empty', async () => {
    const read = await readAll('Data;Histórico;Valor;Saldo\n')
    expect(read.summary).toMatchObject({ empty: true, rows: 0, accounts: [{ key: 'default', count: 0 }] })
  })

  it('cleans texts of controls and of characters that turn their direction', async () => {
    const read = await readAll(
      `Date,Description,Amount\n2026-01-15,"a\u202eb\u0007 c\u0301  d${'x'.repeat(600)}",-5.00\n`,
    )
    expect(read.rows[0]?.description.startsWith('ab ć dx')).toBe(true)
    expect(read.rows[0]?.description.length).toBe(500)
  })
})

describe('CSV that cannot be told safely', () => {
  it('asks for the order of day and month where every date can be read both ways', async () => {
    const text = 'Date,Description,Amount,Currency\n01/02/2026,a,-5.00,USD\n03/02/2026,b,6.00,USD\n'
    expect(problems(await readAll(text, { locale: 'pt-BR' }))).toEqual(['date_order_unclear'])
    expect(brief(await readAll(text, { locale: 'en-US' }))[0]).toBe('2026-01-02 -500 a')
    expect(brief(await readAll(text.replaceAll('USD', 'EUR')))[0]).toBe('2026-02-01 -500 a')
  })

  it('decides the order over the whole file, wherever the telling row stands', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `0${(index % 9) + 1}/02/2026,x,-1.00`)
    const read = await readAll(`Date,Description,Amount\n${rows.join('\n')}\n02/13/2026,y,-1.00\n`, {
      currency: 'USD',
    })
    expect(read.rows.at(-1)?.occurredOn).toBe('2026-02-13')
    expect(read.rows[0]?.occurredOn).toBe('2026-01-02')
  })

  it('asks for the direction where no amount has a sign and nothing tells', async () => {
    const text = 'Date,Description,Amount\n2026-01-15,aaa,5.00\n2026-01-16,bbb,6.00\n2026-01-17,ccc,7.00\n'
    expect(problems(await readAll(text))).toEqual(['sign_unclear'])
  })

  it('asks for the decimal mark where three digits follow every mark', async () => {
    const text = 'Data;Descrição;Valor\n15/01/2026;a;-5.100\n16/01/2026;b;6.200\n'
    expect(problems(await readAll(text))).toEqual(['decimal_mark_unclear'])
    expect((await readAll(text, { currency: 'CLP' })).rows[0]?.amountMinor).toBe(-5100)
    const balanced = 'Data;Descrição;Valor;Saldo\n15/01/2026;a;-5.100;94,90\n16/01/2026;b;6.200;101,10\n'
    expect((await readAll(balanced)).rows[0]?.amountMinor).toBe(-510000)
  })

  it('asks which column is which where there are no headings', async () => {
    const read = await readAll('15/01/2026;a;;5,00\n16/01/2026;b;6,00;\n')
    expect(problems(read)).toContain('amount_column_unclear')
    expect(read.guess?.mapping?.amount).toMatchObject({ style: 'pair' })
    expect(read.guess?.columns[1]?.samples).toEqual(['a', 'b'])
  })

  it('reads it with the mapping that is sent back', async () => {
    const text = 'Date,Description,Amount\n2026-01-15,aaa,5.00\n2026-01-16,bbb,6.00\n2026-01-17,ccc,7.00\n'
    const guess = (await readAll(text)).guess?.mapping
    const mapping = CsvMapping.parse({ ...guess, amount: { style: 'signed', column: 2, positive: 'out' } })
    expect((await readAll(text, { mapping })).rows.map((row) => row.amountMinor)).toEqual([-500, -600, -700])
  })

  it('refuses a mapping under which nothing is a row', async () => {
    const text = 'Date,Description,Amount\n2026-01-15,aaa,-5.00\n2026-01-16,b,1.00\n'
    const { mapping } = await readAll(text)
    if (!mapping) throw new Error('no mapping')
    expect((await readAll(text, { mapping: { ...mapping, firstDataLine: 99 } })).refusal?.code).toBe(
      'mapping_mismatch',
    )
    const wrong: CsvMapping = { ...mapping, date: { column: 1, order: 'DMY' } }
    expect((await readAll(text, { mapping: wrong })).refusal?.code).toBe('no_readable_row')
  })
})

describe('CSV in odd clothes', () => {
  it('obeys a sep line, reads UTF-16 with tabs, and quotes of one stroke', async () => {
    expect(brief(await readAll('sep=|\nDate|Text|Amount\n2026-01-15|a;b,c|-5.00\n'))).toEqual([
      '2026-01-15 -500 a;b,c',
    ])
    const wide = Buffer.from('\ufeffData\tDescrição\tValor\r\n15/01/2026\tCafé\t-5,00\r\n', 'utf16le')
    expect(brief(await readAll(wide))).toEqual(['2026-01-15 -500 Café'])
    expect(brief(await readAll("'Date','Text','Amount'\n'2026-01-15','a,b','-5.00'\n"))).toEqual([
      '2026-01-15 -500 a,b',
    ])
  })

  it('trusts the running balance in columns without names', async () => {
    const read = await readAll(
      '2026-01-15;100,00;a;-5,00;95,00\n2026-01-16;95,00;b;10,00;105,00\n2026-01-17;105,00;c;-1,00;104,00\n',
    )
    expect(read.rows.map((row) => row.amountMinor)).toEqual([-500, 1000, -100])
  })

  it('sees by the running balance that all amounts are money out', async () => {
    const read = await readAll(
      'Data;Descrição;Valor;Saldo\n15/01/2026;a;5,00;95,00\n16/01/2026;b;10,00;85,00\n17/01/2026;c;1,00;84,00\n18/01/2026;d;4,00;80,00\n',
    )
    expect(read.rows.map((row) => row.amountMinor)).toEqual([-500, -1000, -100, -400])
  })
})

describe('files that are no statements', () => {
  it.each([
    ['an empty file', Buffer.from(''), 'file_empty'],
    ['blanks', Buffer.from(' \n\n'), 'file_empty'],
    ['a workbook', Buffer.from('PK\u0003\u0004xlsx'), 'spreadsheet_file'],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 1]), 'spreadsheet_file'],
    ['a PDF', Buffer.from('%PDF-1.7 x'), 'pdf_file'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10]), 'image_file'],
    ['bytes', Buffer.from([1, 2, 0, 0, 5, 200]), 'binary_file'],
    ['a page', Buffer.from('<!DOCTYPE html><html></html>'), 'html_file'],
    ['JSON', Buffer.from('{"a": [1]}'), 'json_file'],
    ['QIF', Buffer.from('!Type:Bank\nD01/01/2026\nT-5.00\n^\n'), 'format_not_supported'],
    ['MT940', Buffer.from(':20:X\n:25:123\n:28C:1\n:60F:C260101EUR1,00\n'), 'format_not_supported'],
    [
      'CAMT',
      Buffer.from('<?xml version="1.0"?><Document><BkToCstmrStmt/></Document>'),
      'format_not_supported',
    ],
    ['a letter', Buffer.from('Dear bank,\nplease send me, if you can,\na statement.\n'), 'unknown_format'],
    ['a list of names', Buffer.from('a;b\nc;d\n'), 'unknown_format'],
  ])('refuses %s', async (_name, bytes, code) => expect((await readAll(bytes)).refusal?.code).toBe(code))
})
