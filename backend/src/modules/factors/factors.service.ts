/**
 * Second factors: an authenticator app (TOTP) or a passkey makes one; recovery codes stand in for either. A person has
 * them in all their workspaces alike.
 */
import type { Factors } from '@chronos/contracts/factors'
import type { ControlQueries } from '../../platform/control.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { connectedAt } from '../provider/provider-links.service.ts'
import { hasPassword, isDemanded, listMethods, listProtected } from './factors.queries.ts'
import { listPasskeys } from './passkeys.queries.ts'
import { passkeyOf } from './passkeys.rules.ts'
import { countCodes } from './recovery-codes.queries.ts'
import { findTotp } from './totp.queries.ts'

/** Whether a person has a second factor that is switched on. */
export async function hasSecondFactor(control: ControlQueries, identityId: string): Promise<boolean> {
  return (await listMethods(control, identityId)).length > 0
}

/** Who of these persons has a second factor: for the list of members. @returns ids of identities */
export async function withSecondFactor(
  control: ControlQueries,
  identityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return new Set(await listProtected(control, identityIds))
}

/**
 * How a person signs in.
 * @param provider the operator's own; null where there is none
 */
export async function describeFactors(
  control: ControlQueries,
  tenant: Tenant,
  identityId: string,
  provider: { issuer: string; name: string } | null,
): Promise<Factors> {
  const [password, demanded, totp, passkeys, recoveryCodesLeft, connected] = await Promise.all([
    hasPassword(control, identityId),
    isDemanded(tenant),
    findTotp(control, identityId),
    listPasskeys(control, identityId),
    countCodes(control, identityId),
    provider && connectedAt(control, identityId, provider.issuer),
  ])
  const since = totp?.confirmed_at ?? null
  return {
    hasPassword: password,
    totp: { enabled: since !== null, since },
    passkeys: passkeys.map(passkeyOf),
    recoveryCodesLeft,
    provider: provider && { name: provider.name, connectedAt: connected },
    demanded,
  }
}
