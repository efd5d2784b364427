import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvRecords } from './csv-records.ts'
import { StatementRefused } from './statement.ts'

function read(text: string, size = text.length || 1): { line: number; cells: string[] }[] {
  const records = new CsvRecords(';', '"')
  const found = []
  for (let at = 0; at < text.length; at += size) found.push(...records.feed(text.slice(at, at + size)))
  return [...found, ...records.end()]
}

describe('CsvRecords', () => {
  it('reads quoted cells with delimiters, doubled quotes and line ends, and counts lines', () => {
    expect(read('a;"b;c";"d""e"\n"two\nlines";x\nlast;y')).toEqual([
      { line: 1, cells: ['a', 'b;c', 'd"e'] },
      { line: 2, cells: ['two\nlines', 'x'] },
      { line: 4, cells: ['last', 'y'] },
    ])
  })

  it('takes stray quotes for letters', () => {
    expect(read('TV 32";10\n"Loja "X" Ltda";20\nNL01";30').map((record) => record.cells)).toEqual([
      ['TV 32', '10'],
      ['Loja "X" Ltda', '20'],
      ['NL01', '30'],
    ])
  })

  it('does not let an unclosed quote swallow the rows below', () => {
    expect(read('01/01/2026;"abc;1\n02/01/2026;"def";2\n').map((record) => record.cells)).toEqual([
      ['01/01/2026', '"abc', '1'],
      ['02/01/2026', 'def', '2'],
    ])
  })

  it('gives the same records however the text is cut', () => {
    const text = 'a;"b""c;\nd";e\n;;\n"x" ;y"z\nfim;"aberto\n'
    for (let size = 1; size < text.length; size += 1) expect(read(text, size)).toEqual(read(text))
  })

  it('gives back what was written with quotes', () => {
    const cell = fc.string().map((text) => text.replace(/[\r\n]/g, ' '))
    expect(() =>
      fc.assert(
        fc.property(
          fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1 }),
          fc.nat(40),
          (rows, size) => {
            const text = rows
              .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(';'))
              .join('\n')
            expect(read(`${text}\n`, size + 1).map((record) => record.cells)).toEqual(rows)
          },
        ),
      ),
    ).not.toThrow()
  })

  it('refuses a line without end', () => {
    expect(() => read('x'.repeat(1_100_000))).toThrow(StatementRefused)
    expect(() => read(`${';'.repeat(600)}\n`)).toThrow(StatementRefused)
  })
})
