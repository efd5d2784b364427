/** What an address may say, read leniently: a part that makes no sense is left out, never an error page. */

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function readId<const K extends string>(
  search: Record<string, unknown>,
  name: K,
): { [name in K]?: string | undefined } {
  const value = search[name]
  return (typeof value === 'string' && ID.test(value) ? { [name]: value } : {}) as { [name in K]?: string }
}

export function readMonth(search: Record<string, unknown>): { month?: string | undefined } {
  const { month } = search
  return typeof month === 'string' && /^(19|2[01])\d\d-(0[1-9]|1[0-2])$/.test(month) ? { month } : {}
}
