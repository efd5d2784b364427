import { describe, expect, it } from 'vitest'
import { decodeText, surveyBytes } from './decode.ts'
import { StatementRefused, sourceFromBytes } from './statement.ts'

/** Encodes by asking TextDecoder for each byte's letter. */
function encode(text: string, encoding: string): Uint8Array {
  const bytes = new Map<string, number>()
  for (let byte = 0; byte < 256; byte += 1)
    bytes.set(new TextDecoder(encoding).decode(Uint8Array.of(byte)), byte)
  return Uint8Array.from([...text], (letter) => bytes.get(letter) ?? 63)
}

async function read(bytes: Uint8Array, chunkBytes = 3): Promise<{ encoding: string; text: string }> {
  const source = sourceFromBytes(bytes, chunkBytes)
  const { encoding } = await surveyBytes(source)
  let text = ''
  for await (const piece of decodeText(source, encoding)) text += piece
  return { encoding, text }
}

const TEXTS: [string, string, string][] = [
  ['windows-1252', 'Portuguese', 'Descrição;Histórico;Crédito\nTransferência à João;Cartão;Número'],
  ['windows-1252', 'Spanish', 'Descripción;Débito\nCompañía Peña;Nómina año'],
  ['windows-1252', 'German', 'Währung;Empfänger\nMüller Straße;Überweisung'],
  ['windows-1252', 'French', 'Libellé;Crédit\nPrélèvement à la forêt;Noël'],
  ['windows-1252', 'pounds', 'Date,Amount\nToday,£5.00\nToday,£6.00'],
  ['windows-1250', 'Czech', 'Číslo účtu;Částka;Měna\nPříjem řetězce;žluťoučký kůň'],
  ['windows-1250', 'Polish', 'Tytuł;Kwota\nŻabka świeżość;łódź gęś'],
  ['windows-1250', 'Hungarian', 'Összeg;Közlemény\nőszi fűszer;tűzőgép'],
  ['iso-8859-2', 'Czech in ISO', 'Číslo účtu;Částka;Měna\nžluťoučký kůň úpěl šťastně'],
  ['macintosh', 'Portuguese from a Mac', 'Descrição;Histórico\nTransferência à João;Cartão'],
  ['windows-1251', 'Russian', 'Дата;Сумма\nПеревод средств;Оплата'],
]

describe('surveyBytes and decodeText', () => {
  it.each(TEXTS)('reads %s (%s)', async (encoding, _name, text) => {
    expect(await read(encode(text, encoding))).toEqual({ encoding, text })
  })

  it('prefers what the bytes are to what the file declares', async () => {
    const text = 'OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n<MEMO>TÍTULO COBRANÇA'
    expect(await read(Buffer.from(text))).toEqual({ encoding: 'utf-8', text })
  })

  it('keeps UTF-8 where a letter was cut in the middle', async () => {
    const bytes = Buffer.concat([Buffer.from('ação ção ção ção '), Uint8Array.of(0xc3), Buffer.from('\n')])
    expect((await read(bytes)).encoding).toBe('utf-8')
  })

  it.each(['utf-16le', 'utf-16be'])('reads %s with and without a byte order mark', async (encoding) => {
    const swap = (bytes: Buffer): Buffer => (encoding === 'utf-16be' ? bytes.swap16() : bytes)
    const text = 'Data;Descrição\n01/01/2026;Café'
    expect(await read(swap(Buffer.from(text, 'utf16le')))).toEqual({ encoding, text })
    expect(await read(swap(Buffer.from(`\ufeff${text}`, 'utf16le')))).toEqual({ encoding, text })
  })

  it('drops a byte order mark and makes every line end one newline', async () => {
    expect((await read(Buffer.from('\ufeffa\r\nb\rc\n'), 1)).text).toBe('a\nb\nc\n')
  })

  it('refuses more than 50 MB', async () => {
    const chunk = new Uint8Array(10 * 1024 * 1024).fill(65)
    const source = { chunks: () => Array.from({ length: 6 }, () => chunk) }
    await expect(surveyBytes(source)).rejects.toThrow(StatementRefused)
  })
})
