/** Tabs of one browser share the session's cookies: who signs in, out, or goes to another workspace tells the others. */

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('chronos.session')

export function tellSessionChanged(): void {
  channel?.postMessage('changed')
}

/** @returns what ends the listening */
export function onSessionChanged(listener: () => void): () => void {
  channel?.addEventListener('message', listener)
  return () => channel?.removeEventListener('message', listener)
}
