/**
 * Persons and their workspaces. Registering is two transactions: the control plane first (person, pending
 * membership), then the tenant with its owner and first categories. The second is repeatable; where it was cut off,
 * the next sign-in completes it.
 */
import type { RegisterBody, SessionAnswer, Tenant, TenantChoice, User } from '@chronos/contracts/auth'
import { AppError, invariant } from '../../platform/errors.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { PersonActor } from '../../platform/tenancy.ts'
import { newId } from '../../platform/ids.ts'
import { countRegistration } from '../../platform/measures.ts'
import { createDefaultCategories } from '../categories/categories.service.ts'
import { demandSecondFactor, type FirstFactor } from '../factors/challenges.service.ts'
import { recordRegistration } from '../consents/consents.service.ts'
import { noteSignIn } from './sign-in-note.service.ts'
import type { BrowserSession } from './browser-session.ts'
import { deviceSubjectOf, type DeviceSubject } from './device-cookie.ts'
import { queueVerification } from './email.service.ts'
import * as queries from './identity.queries.ts'
import { workspaceSuspended } from './membership.service.ts'
import { assertStrongPassword, type PasswordDeps } from './password-strength.ts'
import { hashPassword } from './passwords.ts'
import { sealedPerson } from './personal-copies.ts'
import { openSession, type OpenedSession, type SessionDeps, type SessionProof } from './sessions.service.ts'
import { ACCESS_SECONDS, type Tokens } from './tokens.ts'

export interface IdentityDeps extends SessionDeps, PasswordDeps {
  tokens: Tokens
  bcryptRounds: number
  dataKeys: DataKeys
  /** Who may register, and so make workspaces. */
  registration: 'open' | 'invite' | 'closed'
}

/** With what a browser keeps of a session. */
export interface IdentityRouteDeps extends IdentityDeps {
  browser: BrowserSession
  /** Whether the link of a mail comes before registering. */
  verifyFirst: boolean
  /** Whether wrong passwords are counted. */
  limitGuesses: boolean
}

export interface Device {
  userAgent: string | null
  ip: string | null
  requestId: string
}

export interface SignedIn {
  answer: SessionAnswer
  refreshToken: string
  /** Who has signed in with this browser just now; null where a session goes on. */
  deviceSubject: DeviceSubject | null
}

/** @throws AppError email_taken, weak_password */
export async function register(deps: IdentityDeps, body: RegisterBody, device: Device): Promise<SignedIn> {
  await assertStrongPassword(deps, body.password, [body.name, body.email, body.workspaceName])
  const identity: queries.IdentityRow = {
    id: newId(),
    email_verified_at: null,
    sign_in_epoch: 0,
    email: body.email,
    name: body.name,
    locale: body.locale,
    password_hash: await hashPassword(body.password, deps.bcryptRounds),
  }
  const membership: queries.MembershipRow = {
    tenant_id: newId(),
    user_id: newId(),
    tenant_name: body.workspaceName,
    state: 'pending',
    setup: { currency: body.currency, locale: body.locale, timezone: body.timezone },
  }
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    if (!(await queries.insertIdentity(control, identity, now))) {
      throw new AppError('email_taken', {
        detail: 'Somebody has registered with this e-mail: sign in instead',
      })
    }
    await recordRegistration(control, identity.id, now)
    await queries.insertPendingMembership(control, identity.id, membership, now)
    await queueVerification(control, identity, now)
  })
  await completeRegistration(deps, identity, membership, device.requestId)
  countRegistration()
  return signIn(
    deps,
    identity,
    membership,
    [membership],
    { identityId: identity.id, method: 'password', epoch: 0 },
    device,
  )
}

/** Who is signed in. @throws AppError not_found */
export async function getPerson(
  deps: Pick<IdentityDeps, 'control'>,
  identityId: string,
): Promise<queries.IdentityRow> {
  const identity = await queries.getIdentity(deps.control, identityId)
  if (!identity) throw new AppError('not_found', { detail: 'There is no such person' })
  return identity
}

export { listMemberships as listWorkspaces } from './identity.queries.ts'

/** What has been proved of a sign-in: the first factor (and when, if not now), or all that there is, by which means. */
export type SignInProof = ({ first: FirstFactor; provedAt?: Date } | { all: string }) &
  Pick<SessionProof, 'epoch'>

/**
 * Every sign-in comes through here once its first factor is proved. Who has a second factor is asked for it; who has
 * proved that too gets a session.
 * @param wanted the workspace; the one last used where none is named
 * @throws AppError second_factor_required with its challenge, invalid_credentials, workspace_suspended
 */
export async function signInWith(
  deps: IdentityDeps,
  identityId: string,
  proof: SignInProof,
  wanted: string | undefined,
  device: Device,
): Promise<SignedIn> {
  const [identity, known] = await Promise.all([
    queries.getIdentity(deps.control, identityId),
    queries.listMemberships(deps.control, identityId),
  ])
  const memberships = identity && known.length === 0 ? await beginAnew(deps, identity) : known
  const membership =
    wanted === undefined
      ? memberships[0]
      : memberships.find((each) => each.tenant_id === wanted.toLowerCase())
  if (!identity || !membership) throw invalidCredentials()
  if ('first' in proof) {
    const { tenant_id: tenantId } = membership
    const epoch = proof.epoch ?? identity.sign_in_epoch
    await demandSecondFactor(deps, { identityId, tenantId, method: proof.first, epoch })
  }
  if (membership.state === 'pending') await completeRegistration(deps, identity, membership, device.requestId)
  const proved =
    'all' in proof
      ? { method: proof.all }
      : { method: proof.first, ...(proof.provedAt ? { provedAt: proof.provedAt } : {}) }
  const whole = { identityId, epoch: proof.epoch, ...proved }
  return signIn(deps, identity, membership, memberships, whole, device)
}

/**
 * Whose last workspace was deleted, or who was taken out of it, finds an empty one of their own, where people may make
 * workspaces themselves: else they could neither sign in nor register again. @returns all workspaces of theirs
 */
async function beginAnew(
  deps: IdentityDeps,
  identity: queries.IdentityRow,
): Promise<queries.MembershipRow[]> {
  if (deps.registration !== 'open') return []
  const { id, name, locale } = identity
  const isBrazilian = locale.startsWith('pt')
  const setup = {
    currency: isBrazilian ? 'BRL' : 'USD',
    locale,
    timezone: isBrazilian ? 'America/Sao_Paulo' : 'UTC',
  }
  await deps.control.transaction(async (control) => {
    if ((await queries.countMemberships(control, id)) > 0) return
    const membership = { tenant_id: newId(), user_id: newId(), tenant_name: name, setup }
    await queries.insertPendingMembership(control, id, membership, deps.clock.now())
  })
  return queries.listMemberships(deps.control, id)
}

/**
 * Goes on in another workspace of the same person. What was proved, and when, stays as it was.
 * @throws AppError not_found
 */
export async function signInElsewhere(
  deps: IdentityDeps,
  caller: { identityId: string; sessionId: string },
  tenantId: string,
  device: Device,
): Promise<SignedIn> {
  const { identityId } = caller
  const [identity, memberships, session] = await Promise.all([
    queries.getIdentity(deps.control, identityId),
    queries.listMemberships(deps.control, identityId),
    queries.findSession(deps.control, caller.sessionId),
  ])
  const membership = memberships.find((each) => each.tenant_id === tenantId.toLowerCase())
  if (!identity || !membership || session?.ended_at !== null)
    throw new AppError('not_found', { detail: 'You have no such workspace' })
  if (membership.state === 'pending') await completeRegistration(deps, identity, membership, device.requestId)
  const provedAt = new Date(session.proved_at)
  const { method, sign_in_epoch: epoch } = session
  const proof: SessionProof = { identityId, method, provedAt, epoch, goesOn: true }
  return signIn(deps, identity, membership, memberships, proof, device)
}

/** Makes the tenant, its owner and first categories where they are not there yet. */
export async function completeRegistration(
  deps: IdentityDeps,
  identity: queries.IdentityRow,
  membership: queries.MembershipRow,
  requestId: string,
): Promise<void> {
  const { tenant_id: tenantId, user_id: userId, setup } = membership
  invariant(setup, 'a pending membership knows how to set its workspace up')
  const tenant = deps.tenancy.enter({ tenantId, actor: personIn(userId), requestId })
  const sealed = await sealedPerson(deps.dataKeys, identity.id, identity)
  await tenant.command(async (tx) => {
    const at = deps.clock.now()
    const stamps = { createdAt: at, updatedAt: at }
    const created = await tx.prisma.tenant.createMany({
      data: [{ tenantId, name: membership.tenant_name, ...setup, status: 'active', ...stamps }],
      skipDuplicates: true,
    })
    if (created.count === 0) return
    await tx.prisma.user.create({
      data: {
        tenantId,
        id: userId,
        identityId: identity.id,
        name: identity.name,
        email: identity.email,
        ...sealed,
        role: 'owner',
        locale: identity.locale,
        status: 'active',
        ...stamps,
      },
    })
    await createDefaultCategories(tx, setup.locale, at)
  })
  await queries.activateMembership(deps.control, identity.id, tenantId)
}

async function signIn(
  deps: IdentityDeps,
  identity: queries.IdentityRow,
  membership: queries.MembershipRow,
  memberships: readonly queries.MembershipRow[],
  proof: SessionProof,
  device: Device,
): Promise<SignedIn> {
  const tenant = deps.tenancy.enter({
    tenantId: membership.tenant_id,
    actor: personIn(membership.user_id),
    requestId: device.requestId,
  })
  const user = await queries.findUser(tenant, membership.user_id)
  if (user?.status !== 'active') throw invalidCredentials()
  if (user.tenant_status !== 'active') throw workspaceSuspended()
  const session = await openSession(deps, {
    ...proof,
    tenantId: membership.tenant_id,
    userId: membership.user_id,
    userAgent: device.userAgent?.slice(0, 300) ?? null,
    ip: device.ip,
  })
  await noteSignIn(deps, session.caller, proof, device)
  const described = describeSession(deps, session, user, memberships)
  return proof.goesOn ? described : { ...described, deviceSubject: deviceSubjectOf(identity) }
}

/** The answer that signing in and refreshing share. */
export function describeSession(
  deps: Pick<IdentityDeps, 'tokens'>,
  session: OpenedSession,
  user: queries.UserRow,
  memberships: readonly queries.MembershipRow[],
): SignedIn {
  const { sessionId, tenantId } = session.caller
  return {
    refreshToken: session.refreshToken,
    deviceSubject: null,
    answer: {
      accessToken: deps.tokens.sign({ sid: sessionId, tid: tenantId }),
      expiresIn: ACCESS_SECONDS,
      csrfToken: deps.tokens.csrfToken(sessionId),
      user: userOf(user, session.caller.emailVerified),
      tenant: tenantOf(tenantId, user),
      tenants: choicesOf(memberships),
    },
  }
}

/** Somebody who signs in, looking at their own membership. */
export function personIn(userId: string): PersonActor {
  return { type: 'user', userId, hiddenAccounts: [] }
}

export function userOf(row: queries.UserRow, emailVerified: boolean): User {
  return { id: row.id, name: row.name, email: row.email, role: row.role, locale: row.locale, emailVerified }
}

export function tenantOf(id: string, row: queries.UserRow): Tenant {
  return {
    id,
    name: row.tenant_name,
    currency: row.tenant_currency,
    locale: row.tenant_locale,
    timezone: row.tenant_timezone,
  }
}

export function choicesOf(memberships: readonly queries.MembershipRow[]): TenantChoice[] {
  return memberships.map((each) => ({ id: each.tenant_id, name: each.tenant_name }))
}

export function invalidCredentials(): AppError {
  return new AppError('invalid_credentials', { detail: 'E-mail or password is wrong' })
}
