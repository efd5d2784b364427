/** Tables of text, aligned: the first column to the left, numbers to the right. */
import { passes, type Check, type Report } from './figure.ts'

export function formatTable(rows: readonly string[][]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n')
}

function number(value: number, unit: string): string {
  const digits = unit === '' ? 2 : value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`
}

function checkRow(check: Check): string[] {
  const sign = check.bound === 'most' ? '≤' : '≥'
  return [
    check.what,
    number(check.value, check.unit),
    `${sign} ${number(check.limit, check.unit)}`,
    passes(check) ? 'ok' : 'OVER',
  ]
}

export function formatReport(report: Report): string {
  const parts = [
    formatTable(report.table),
    formatTable([['', 'measured', 'limit', ''], ...report.checks.map(checkRow)]),
    ...(report.notes.length > 0 ? [report.notes.map((note) => `  ${note}`).join('\n')] : []),
  ]
  return parts.join('\n\n')
}
