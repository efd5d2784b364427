/** Poke it when a session has ended, and its streams close at once, in every process. */
export function sessionEndedChannel(sessionId: string): string {
  return `session-ended:${sessionId}`
}
