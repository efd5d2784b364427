/**
 * Secrets that an address brings in its fragment, which browsers send to nobody: the token of a mailed link, the
 * challenge of a sign-in. They are taken out of the address at once, so that neither the history nor who looks at the
 * screen keeps them, and live in memory until they are used. Imported first of all, before the router reads the address.
 */
import { useSyncExternalStore } from 'react'

export type SecretName = 'token' | 'challenge'

/** What a fragment holds, or null where it is no more than a place on the page. */
export function readSecrets(fragment: string): URLSearchParams | null {
  const params = new URLSearchParams(fragment.replace(/^#/, ''))
  return params.has('token') || params.has('challenge') ? params : null
}

let taken: { pathname: string; params: URLSearchParams } | null = null
const listeners = new Set<() => void>()

function take(): void {
  const params = readSecrets(location.hash)
  if (!params) return
  taken = { pathname: location.pathname, params }
  history.replaceState(history.state, '', `${location.pathname}${location.search}`)
  for (const listener of listeners) listener()
}

if (typeof window !== 'undefined') {
  take()
  // A link pasted where its page is open already changes nothing but the fragment.
  window.addEventListener('hashchange', take)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** All that came with this page's address beside the secret, or null where no secret came. */
export function useLinkSecrets(): URLSearchParams | null {
  return useSyncExternalStore(subscribe, () => (taken?.pathname === location.pathname ? taken.params : null))
}

/** The secret that came with this page's address, or null. */
export function useLinkSecret(name: SecretName): string | null {
  return useLinkSecrets()?.get(name) ?? null
}

/** It is used up. */
export function forgetLinkSecret(): void {
  taken = null
  for (const listener of listeners) listener()
}
