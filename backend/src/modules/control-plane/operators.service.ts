/**
 * Operators and their sessions. A sign-in takes e-mail, password and a code of the authenticator app, all at once; every
 * failure has the same answer and takes the same time. A session ends after 30 minutes without a request, and after 8
 * hours whatever happens. Each request asks PostgreSQL: operators are few, and what they may do is much.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Keyring } from '../../platform/keyring.ts'
import type { Store } from '../../platform/store.ts'
import { networkOf } from '../../plugins/rate-limit.ts'
import { newTotpSecret, stepOfCode, totpUri } from '../factors/totp.rules.ts'
import { hashPassword, verifyPassword } from '../identity/passwords.service.ts'
import { insertAct, type ActingOperator } from './acts.queries.ts'
import * as queries from './operators.queries.ts'

export interface OperatorDeps {
  control: ControlPlane
  clock: Clock
  keyring: Keyring
  bcryptRounds: number
}

export const IDLE_MS = 30 * 60_000
export const LIFETIME_MS = 8 * 3_600_000
const NOTED_EVERY_MS = 30_000
const COLUMN = 'control.operators.totp_secret'
/** Stands in where there is no such operator, so that a code is checked all the same. */
const NOBODYS_SECRET = newTotpSecret()

export interface SignedInOperator {
  operator: queries.OperatorRow
  sessionId: string
  expiresAt: Date
}

export interface Device {
  ip: string | null
  userAgent: string | null
}

/** So that a thousand tries do not hide in the log of acts what else happened. */
const REFUSED_ONCE = { limit: 1, windowSeconds: 3600 }
/** Of all strangers together: who has many addresses fills no log that is never emptied. */
const STRANGERS_REFUSED = { limit: 60, windowSeconds: 3600 }

/**
 * A refusal stands in the log of acts, once an hour for each operator, or for each network where there is no such one.
 * @throws AppError invalid_credentials, the same for whatever was wrong
 */
export async function signInOperator(
  deps: OperatorDeps & { store: Store },
  given: { email: string; password: string; code: string },
  device: Device,
): Promise<SignedInOperator & { token: string }> {
  const now = deps.clock.now()
  const operator = await queries.findOperatorByEmail(deps.control, given.email)
  const fits = await verifyPassword(given.password, operator?.password_hash ?? null, deps.bcryptRounds)
  const secret = operator
    ? deps.keyring.open(operator.totp_secret, { owner: operator.id, column: COLUMN })
    : NOBODYS_SECRET
  const step = stepOfCode(secret, given.code, now, operator?.totp_last_step ?? null)
  if (!operator || !fits || step === null) return refuse(deps, operator, device, now)
  const sessionId = newId()
  const sessionSecret = randomBytes(32).toString('base64url')
  const taken = await deps.control.transaction(async (control) => {
    if (!(await queries.takeStep(control, operator.id, step, now))) return false
    const session = { id: sessionId, secretHash: hashOf(sessionSecret), operatorId: operator.id, ...device }
    await queries.insertSession(control, session, now)
    const by = { operatorId: operator.id, name: operator.name, ip: device.ip, requestId: null }
    await insertAct(control, by, { act: 'operator.signed_in', tenantId: null, detail: null }, now)
    return true
  })
  if (!taken) return refuse(deps, operator, device, now)
  return {
    operator: { ...operator, last_seen_at: now.toISOString() },
    sessionId,
    token: `${sessionId}.${sessionSecret}`,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
  }
}

/** Whose session a token is of. @throws AppError unauthenticated */
export async function operatorOf(
  deps: Pick<OperatorDeps, 'control' | 'clock'>,
  token: string,
): Promise<SignedInOperator> {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(token)
  const session = match?.[1] === undefined ? null : await queries.findSession(deps.control, match[1])
  if (!session || !sameHash(session.secret_hash, hashOf(match?.[2] ?? ''))) throw signedOut()
  const now = deps.clock.now()
  const createdAtMs = new Date(session.session_created_at).getTime()
  const usedAtMs = new Date(session.last_used_at).getTime()
  if (now.getTime() >= createdAtMs + LIFETIME_MS || now.getTime() >= usedAtMs + IDLE_MS) throw signedOut()
  if (now.getTime() - usedAtMs >= NOTED_EVERY_MS) await queries.noteUse(deps.control, session.session_id, now)
  return {
    operator: session,
    sessionId: session.session_id,
    expiresAt: new Date(Math.min(createdAtMs + LIFETIME_MS, now.getTime() + IDLE_MS)),
  }
}

export async function signOutOperator(
  deps: Pick<OperatorDeps, 'control' | 'clock'>,
  sessionId: string,
  by: ActingOperator,
): Promise<void> {
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await queries.endSession(control, sessionId, now)
    await insertAct(control, by, { act: 'operator.signed_out', tenantId: null, detail: null }, now)
  })
}

/**
 * Makes an operator. There is no other way to become one than the command line of who runs the server.
 * @returns the secret of their authenticator app, shown this once
 * @throws AppError email_taken
 */
export async function createOperator(
  deps: OperatorDeps,
  input: { email: string; name: string; password: string },
): Promise<{ id: string; secret: string; uri: string }> {
  const id = newId()
  const secret = newTotpSecret()
  const operator = {
    id,
    email: input.email,
    name: input.name,
    password_hash: await hashPassword(input.password, deps.bcryptRounds),
    totp_secret: deps.keyring.seal(secret, { owner: id, column: COLUMN }),
  }
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    if (!(await queries.insertOperator(control, operator, now))) {
      throw new AppError('email_taken', { detail: 'There is an operator of this e-mail' })
    }
    const by = { operatorId: null, name: 'command line', ip: null, requestId: null }
    await insertAct(control, by, { act: 'operator.created', tenantId: null, detail: input.email }, now)
  })
  return { id, secret, uri: totpUri(secret, input.email) }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

async function refuse(
  deps: Pick<OperatorDeps, 'control'> & { store: Store },
  operator: queries.OperatorRow | null,
  { ip }: Device,
  now: Date,
): Promise<never> {
  if (await isToBeTold(deps.store, operator, ip)) {
    const by = {
      operatorId: operator?.id ?? null,
      name: operator?.name ?? 'nobody known',
      ip,
      requestId: null,
    }
    await insertAct(deps.control, by, { act: 'operator.refused', tenantId: null, detail: null }, now)
  }
  throw new AppError('invalid_credentials', { detail: 'E-mail, password or code is wrong' })
}

async function isToBeTold(
  store: Store,
  operator: queries.OperatorRow | null,
  ip: string | null,
): Promise<boolean> {
  const who = operator?.id ?? networkOf(ip ?? 'nowhere')
  if (!(await store.consume(`operator-refused:${who}`, REFUSED_ONCE)).allowed) return false
  return operator !== null || (await store.consume('operator-refused:strangers', STRANGERS_REFUSED)).allowed
}

function signedOut(): AppError {
  return new AppError('unauthenticated', { detail: 'Sign in as an operator' })
}
