import { describe, expect, it } from 'vitest'
import { sampleOf } from './csv-sample.ts'
import { sourceFromBytes } from './statement.ts'

const sample = (text: string, firstDataLine: number): Promise<string[][]> =>
  sampleOf(sourceFromBytes(Buffer.from(text)), 'utf-8', { delimiter: ';', quote: '"', firstDataLine })

describe('sampleOf', () => {
  it('gives row n for line n, heading and preamble included', async () => {
    expect(await sample('Extrato\n\nData;Valor\n01/02/2026;-5,00\n', 4)).toEqual([
      ['Extrato'],
      [''],
      ['Data', 'Valor'],
      ['01/02/2026', '-5,00'],
    ])
  })

  it('leaves the lines that a cell runs over empty', async () => {
    expect(await sample('a;"b\nc"\nd;e\n', 1)).toEqual([['a', 'b\nc'], [], ['d', 'e']])
  })

  it('stops ten rows below the line on which the transactions begin', async () => {
    expect(await sample('a;b\n'.repeat(1000), 3)).toHaveLength(12)
  })
})
