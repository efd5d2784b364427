/** What a file is, by its content; its name and its MIME type are what somebody called it. */
import { StatementRefused } from './statement.ts'
import type { RefusalCode } from './statement.ts'

export type SniffedFormat = 'ofx' | 'csv' | 'qif' | 'camt053' | 'mt940'

const MAGIC: readonly [readonly number[], RefusalCode, string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'spreadsheet_file', 'The file is an Excel workbook or a ZIP archive. Export it as CSV or OFX, or unpack it first.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'spreadsheet_file', 'The file is an Excel workbook. Save it as CSV, or export OFX from the bank.'],
  [[0x25, 0x50, 0x44, 0x46], 'pdf_file', 'The file is a PDF, which cannot be read reliably. Export OFX or CSV from the bank.'],
  [[0x1f, 0x8b], 'archive_file', 'The file is compressed. Unpack it first.'],
  [[0x52, 0x61, 0x72, 0x21], 'archive_file', 'The file is a RAR archive. Unpack it first.'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'archive_file', 'The file is a 7z archive. Unpack it first.'],
  [[0x89, 0x50, 0x4e, 0x47], 'image_file', 'The file is a picture. Export OFX or CSV from the bank.'],
  [[0xff, 0xd8, 0xff], 'image_file', 'The file is a picture. Export OFX or CSV from the bank.'],
  [[0x47, 0x49, 0x46, 0x38], 'image_file', 'The file is a picture. Export OFX or CSV from the bank.'],
] // prettier-ignore

const LATER: Readonly<Record<'qif' | 'camt053' | 'mt940', string>> = {
  qif: 'QIF',
  camt053: 'CAMT.053',
  mt940: 'MT940',
}

/**
 * The format of a statement, only formats that can be read.
 * @param head the beginning of the file's text
 * @throws StatementRefused naming what the file is instead
 */
export function sniffFormat(headBytes: Uint8Array, head: string, binary: boolean): 'ofx' | 'csv' {
  for (const [magic, code, message] of MAGIC) {
    if (magic.every((byte, index) => headBytes[index] === byte)) throw new StatementRefused(code, message)
  }
  if (binary)
    throw new StatementRefused(
      'binary_file',
      'The file is not a text: no bank statement can be read from it.',
    )
  const text = head.trimStart()
  if (text === '') throw new StatementRefused('file_empty', 'The file is empty.')
  const format = formatOfText(text)
  if (format === 'ofx' || format === 'csv') return format
  throw new StatementRefused(
    'format_not_supported',
    `Format not supported yet: ${LATER[format]}. Export OFX or CSV from the bank instead.`,
  )
}

function formatOfText(text: string): SniffedFormat {
  const start = text.slice(0, 4000)
  if (/^\s*OFXHEADER\s*:/im.test(start) || /<\?OFX\b|<(?:\w+:)?OFX[\s>]/i.test(text)) return 'ofx'
  if (/^!(?:Type|Account|Option|Clear)\b/im.test(start)) return 'qif'
  if (/<(?:\w+:)?BkToCstmr(?:Stmt|AcctRpt)|camt\.05[234]/i.test(start)) return 'camt053'
  if (/^:?:20:/m.test(start) && /^:(?:25|28C?|60[FM]|61):/m.test(text)) return 'mt940'
  if (/^<!doctype html|^<html|^<head|^<table/i.test(start)) {
    throw new StatementRefused(
      'html_file',
      'The file is a web page, not a statement. Export OFX or CSV from the bank.',
    )
  }
  if (/^[[{]\s*["{[\]}]/.test(start)) {
    throw new StatementRefused(
      'json_file',
      'The file is JSON, which is not supported. Export OFX or CSV from the bank.',
    )
  }
  if (/^<\?xml|^<\w[^>]*>/.test(start)) {
    throw new StatementRefused('unknown_format', 'The file is XML, but no statement format that can be read.')
  }
  return 'csv'
}
