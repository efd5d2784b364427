/** What other ways of signing in ask of the provider's. */
import type { ControlQueries } from '../../platform/control.ts'
import { findLinkOf, hasLink } from './provider-links.queries.ts'

/** Since when a person signs in with the provider of this issuer; null where they do not. */
export async function connectedAt(
  control: ControlQueries,
  identityId: string,
  issuer: string,
): Promise<string | null> {
  return (await findLinkOf(control, identityId, issuer))?.connected_at ?? null
}

/** Whether a person signs in with the provider, of whatever issuer. */
export function hasProviderLink(control: ControlQueries, identityId: string): Promise<boolean> {
  return hasLink(control, identityId)
}
