import type { Retention } from '@chronos/contracts/privacy'

export type Kept = Omit<Retention, 'version'>

/** What holds where a workspace has not chosen: nothing personal for ever, and five years of audit log. */
export const DEFAULTS: Kept = {
  whatsappMessagesDays: 365,
  auditLogsDays: 1825,
  importFilesDays: 30,
  deletedTransactionsDays: 365,
}

/** The instant before which a kind is forgotten; null where it is kept for ever. */
export function cutoff(now: Date, days: number | null): Date | null {
  return days === null ? null : new Date(now.getTime() - days * 86_400_000)
}
