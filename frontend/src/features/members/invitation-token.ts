/**
 * The secret of an invitation's link. It comes in the fragment of the address and leaves it at once; while somebody signs
 * in for it, this tab alone remembers it.
 */
const KEPT = 'chronos.invitation'
const SECRET = /^#token=([\w-]{20,200})$/

/** @returns the secret of a fragment as `#token=…`, or null */
export function tokenOf(fragment: string): string | null {
  return SECRET.exec(fragment)?.[1] ?? null
}

export function takeInvitationToken(): string | null {
  const arrived = tokenOf(location.hash)
  if (arrived === null) return sessionStorage.getItem(KEPT)
  sessionStorage.setItem(KEPT, arrived)
  history.replaceState(history.state, '', location.pathname)
  return arrived
}

export function forgetInvitationToken(): void {
  sessionStorage.removeItem(KEPT)
}
