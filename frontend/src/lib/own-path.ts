/**
 * A path of our own, as an address may name it for after signing in, or null: `//other.site`, `/\other.site`, a tab in
 * between and other spellings that a browser reads as another site would lead away from here.
 */
export function ownPath(text: unknown, origin: string = location.origin): string | null {
  if (typeof text !== 'string' || !text.startsWith('/') || !URL.canParse(text, origin)) return null
  const url = new URL(text, origin)
  const path = `${url.pathname}${url.search}${url.hash}`
  return url.origin === origin && !path.startsWith('//') ? path : null
}
