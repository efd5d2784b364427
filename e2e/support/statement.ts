import { readFileSync } from 'node:fs'
import { today } from './dates.ts'

/**
 * A bank statement of today: 4,800.00 in; 1,350.00, 286.47 and 49.90 out; 3,113.63 left, in an account numbered 31415-9.
 */
export function statement(): { name: string; mimeType: string; buffer: Buffer } {
  const template = readFileSync(new URL('../fixtures/extrato.ofx', import.meta.url), 'utf8')
  const text = template.replaceAll('{{today}}', today().replaceAll('-', ''))
  return { name: 'extrato.ofx', mimeType: 'application/x-ofx', buffer: Buffer.from(text) }
}
