/** The id that a send of ours carries and its statuses bring back: it names workspace and message. */
const UUID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
const CORRELATION = new RegExp(`^${UUID}\\.${UUID}$`)

/** @returns null for what is no id of ours: nobody but us and Meta can have set one */
export function readCorrelation(id: string | null): { tenantId: string; messageId: string } | null {
  const [, tenantId, messageId] = CORRELATION.exec(id ?? '') ?? []
  return tenantId === undefined || messageId === undefined ? null : { tenantId, messageId }
}
