/**
 * Demo data, for development: two workspaces of one person, and one of somebody else. Written as the application, so
 * that all of it went through row level security, the audit log and the totals. A second run changes nothing: what a
 * workspace holds is written in one transaction, and only where nobody has used it.
 */
import { pathToFileURL } from 'node:url'
import { dateInZone } from '@chronos/contracts/dates'
import { readConfig, type Config } from '../src/config.ts'
import { createContext, type AppContext } from '../src/context.ts'
import * as queries from '../src/modules/identity/identity.queries.ts'
import {
  register,
  signInWith,
  type IdentityDeps,
  type SignedIn,
} from '../src/modules/identity/identity.service.ts'
import { markVerified } from '../src/modules/identity/person.queries.ts'
import { closeSession } from '../src/modules/identity/sessions.service.ts'
import { tokensOf, readRefreshToken } from '../src/modules/identity/tokens.ts'
import { newId } from '../src/platform/ids.ts'
import { BUSINESS } from './demo/business.ts'
import { HOUSEHOLD } from './demo/household.ts'
import { NEIGHBOURS } from './demo/neighbours.ts'
import type { Story } from './demo/story.ts'
import { writeWorkspace } from './demo/write-workspace.ts'
import { DEMO_LOGIN } from './demo-login.ts'

interface DemoWorkspace {
  name: string
  story: Story
  setup: queries.WorkspaceSetup
}

interface DemoPerson {
  name: string
  email: string
  password: string
  workspaces: readonly [DemoWorkspace, ...DemoWorkspace[]]
}

const SAO_PAULO = { currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' }
const MEXICO = { currency: 'MXN', locale: 'es-MX', timezone: 'America/Mexico_City' }

/** A person's first workspace is the one that they land in. */
const PEOPLE: readonly DemoPerson[] = [
  {
    ...DEMO_LOGIN,
    name: 'Ana Ribeiro',
    workspaces: [
      { name: 'Casa Ribeiro', story: HOUSEHOLD, setup: SAO_PAULO },
      { name: 'Ateliê Aurora', story: BUSINESS, setup: SAO_PAULO },
    ],
  },
  {
    name: 'Sofía Herrera',
    email: 'sofia@chronos.local',
    password: DEMO_LOGIN.password,
    workspaces: [{ name: 'Familia Herrera', story: NEIGHBOURS, setup: MEXICO }],
  },
]

const DEVICE = { userAgent: 'demo data', ip: null }

/** @returns how many transactions were written: 0 where the demo was there */
export async function seedDemo(context: AppContext, config: Config): Promise<number> {
  if (config.environment === 'production')
    throw new Error('Demo data is for development; this is production.')
  const deps: IdentityDeps = {
    ...context,
    tokens: tokensOf(config),
    registration: config.registration,
    bcryptRounds: config.bcryptRounds,
  }
  let written = 0
  for (const person of PEOPLE) written += await seedPerson(context, deps, person)
  return written
}

async function seedPerson(context: AppContext, deps: IdentityDeps, person: DemoPerson): Promise<number> {
  const [first] = person.workspaces
  let identity = await queries.findIdentityByEmail(context.control, person.email)
  if (!identity) {
    const { name, email, password } = person
    const body = {
      name,
      email,
      password,
      workspaceName: first.name,
      ...first.setup,
      includeRefreshToken: false,
    }
    await signOut(deps, await register(deps, body, { ...DEVICE, requestId: newId() }))
    identity = await queries.findIdentityByEmail(context.control, email)
  }
  if (!identity) throw new Error(`${person.email} could not be registered`)
  // Nobody reads the mail of a demo: what waits for a verified e-mail is to be tried all the same.
  await markVerified(context.control, identity.id, context.clock.now())
  let written = 0
  for (const workspace of person.workspaces) {
    const membership = await membershipOf(context, deps, identity.id, workspace)
    const actor = { type: 'user', userId: membership.user_id, hiddenAccounts: [] } as const
    const tenant = context.tenancy.enter({ tenantId: membership.tenant_id, actor, requestId: newId() })
    const now = context.clock.now()
    const rows = await writeWorkspace(tenant, workspace.story, dateInZone(now, workspace.setup.timezone), now)
    written += rows
    // Who signs in lands in the workspace used last.
    if (rows > 0 && workspace !== first) {
      const home = await membershipOf(context, deps, identity.id, first)
      await visit(deps, identity.id, home.tenant_id)
    }
  }
  return written
}

/** A person's workspace of that name, made where there is none: signing in to a pending one completes it. */
async function membershipOf(
  context: AppContext,
  deps: IdentityDeps,
  identityId: string,
  workspace: DemoWorkspace,
): Promise<queries.MembershipRow> {
  const known = (await queries.listMemberships(context.control, identityId)).find(
    (each) => each.tenant_name === workspace.name,
  )
  const membership = known ?? {
    tenant_id: newId(),
    user_id: newId(),
    tenant_name: workspace.name,
    state: 'pending' as const,
    setup: workspace.setup,
  }
  if (!known) {
    await context.control.transaction((control) =>
      queries.insertPendingMembership(control, identityId, membership, context.clock.now()),
    )
  }
  if (membership.state === 'pending') await visit(deps, identityId, membership.tenant_id)
  return membership
}

async function visit(deps: IdentityDeps, identityId: string, tenantId: string): Promise<void> {
  const device = { ...DEVICE, requestId: newId() }
  await signOut(deps, await signInWith(deps, identityId, { all: 'password', epoch: null }, tenantId, device))
}

async function signOut(deps: IdentityDeps, { refreshToken }: SignedIn): Promise<void> {
  const token = readRefreshToken(refreshToken)
  if (token) await closeSession(deps, token.sessionId, 'demo data')
}

async function main(): Promise<void> {
  const config = readConfig()
  const context = await createContext(config)
  try {
    const written = await seedDemo(context, config)
    console.log(written === 0 ? 'The demo data is there.' : `Demo data: ${written} transactions.`)
  } finally {
    await context.close()
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
