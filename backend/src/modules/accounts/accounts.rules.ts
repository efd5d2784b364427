/**
 * The form in which account numbers are compared: letters and digits alone, upper case, since banks print one number
 * as `12.345-6`, `12345-6` and `123456`.
 * @returns null where nothing is left to compare
 */
export function numberKey(number: string | null | undefined): string | null {
  const key = (number ?? '')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toUpperCase()
  return key === '' ? null : key
}
