/** What a caller must have before an endpoint does anything for them, by its declaration alone. */
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { allows, type Permission } from '@chronos/contracts/permissions'
import { AppError } from '../platform/errors.ts'
import type { Caller } from './endpoints.ts'

/** So long after a proof (sign-in, step-up) a dangerous act asks for no other. */
export const PROOF_MS = 15 * 60_000

/** What changes a workspace; not that it is deleted, or kept after all. */
const WRITING: ReadonlySet<Permission> = new Set([
  'ledger.write',
  'budgets.write',
  'imports.write',
  'whatsapp.link',
  'members.manage',
  'workspace.update',
  'workspace.transfer',
])

/**
 * @throws AppError forbidden, workspace_read_only, second_factor_missing, email_unverified, step_up_required; in that order, so that nobody
 *   is asked for a proof of what they may not do anyway
 */
export function checkAccess(spec: EndpointSpec, caller: Caller, now: Date): void {
  const { permission } = spec
  if (caller.scopes !== null && (permission === null || !caller.scopes.includes(permission))) {
    throw new AppError('forbidden', {
      detail:
        permission === null
          ? 'This is for a person who signed in, not for an API token'
          : `This token has no scope ${permission}`,
    })
  }
  if (permission !== null && !allows(caller.role, permission)) {
    throw new AppError('forbidden', { detail: `Your role (${caller.role}) does not allow this` })
  }
  if (caller.readOnly && spec.method !== 'GET' && permission !== null && WRITING.has(permission)) {
    throw new AppError('workspace_read_only', {
      detail: 'This workspace is being deleted: it can be read and exported, and its owner can still keep it',
    })
  }
  if (caller.secondFactorMissing && !spec.enrolment) {
    throw new AppError('second_factor_missing', {
      detail: 'This workspace asks for a second factor: set one up under Security, then go on',
    })
  }
  if (spec.verified && !caller.emailVerified) {
    throw new AppError('email_unverified', {
      detail: 'Verify your e-mail first: the link is in the mail that you got, or POST /me/verification-mail',
    })
  }
  if (spec.stepUp && now.getTime() - caller.provedAt > PROOF_MS) {
    throw new AppError('step_up_required', {
      detail: 'Prove that it is you: POST /auth/step-up, then send this again',
    })
  }
}
