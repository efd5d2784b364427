/**
 * A field of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front, which it
 * shows as text: also behind blanks, and in the wide forms that some spreadsheets fold.
 */
export function csvField(value: string | null): string {
  if (value === null) return ''
  const safe = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
