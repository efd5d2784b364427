import { CONSENT_KINDS } from '@chronos/contracts/privacy'
import type { Consent } from '@chronos/contracts/privacy'

export type ConsentKind = (typeof CONSENT_KINDS)[number]

/** What holds now: the newest word on each kind, in the order of the kinds; null where nothing was ever said. */
export function latestConsents(
  newestFirst: readonly Consent[],
): { kind: ConsentKind; latest: Consent | null }[] {
  return CONSENT_KINDS.map((kind) => ({
    kind,
    latest: newestFirst.find((consent) => consent.kind === kind) ?? null,
  }))
}
