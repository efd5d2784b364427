/** What other ways of signing in ask of the provider's. */
import type { ControlQueries } from '../../platform/control.ts'
import { deleteLinksOf, findLinkOf, hasLink } from './provider-links.queries.ts'

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

/** What somebody connected who never showed that the person's address is theirs. @returns how many */
export function dropProviderLinks(control: ControlQueries, identityId: string): Promise<number> {
  return deleteLinksOf(control, identityId)
}
