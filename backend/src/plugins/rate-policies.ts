/**
 * The limits on requests: how many, in which time, counted for whom. An operator of the server changes a number by
 * RATE_LIMIT_POLICIES; docs/security.md prints this table.
 *
 * Whom a limit is counted for is chosen so that nobody can use somebody else's up: a program's token has a limit of its
 * own beside its person's, a person one beside their workspace's, and what one limit refuses is counted by no other.
 */
import type { EndpointSpec } from '@chronos/contracts/endpoint'

/** `caller`: the API token where one is used, else the person, over all their sessions. `server`: everybody. */
export type CountedBy = 'address' | 'session' | 'identity' | 'token' | 'caller' | 'workspace' | 'server'

export interface RatePolicy {
  /** Shown in the headers, and part of the counter's key. */
  name: string
  limit: number
  windowSeconds: number
}

interface PolicyRule {
  limit: number
  windowSeconds: number
  by: CountedBy
  /** What succeeded is given back, so that failures alone count. */
  failuresOnly?: true
  /** Guards something that can be guessed or abused from outside: as strict on a developer's machine. */
  strict?: true
  about: string
}

export const POLICY_RULES = {
  address: { limit: 600, windowSeconds: 60, by: 'address', about: 'requests of who is not signed in' },
  'address-signed-in': { limit: 3000, windowSeconds: 60, by: 'address', about: 'requests with a session' },
  identity: { limit: 1200, windowSeconds: 60, by: 'identity', about: 'requests of a person' },
  token: { limit: 600, windowSeconds: 60, by: 'token', about: 'requests with an API token' },
  workspace: { limit: 6000, windowSeconds: 60, by: 'workspace', about: 'requests of all its members' },
  costly: { limit: 60, windowSeconds: 60, by: 'caller', about: 'exports, imports, checks of the audit log' },
  'costly-workspace': { limit: 180, windowSeconds: 60, by: 'workspace', about: 'the same' },
  report: { limit: 240, windowSeconds: 60, by: 'caller', about: 'reports and searches' },
  'report-workspace': { limit: 1200, windowSeconds: 60, by: 'workspace', about: 'the same' },
  register: { limit: 20, windowSeconds: 3600, by: 'address', about: 'new persons and workspaces' },
  guess: {
    limit: 60,
    windowSeconds: 600,
    by: 'address',
    failuresOnly: true,
    strict: true,
    about: 'failed links, codes, challenges, sign-ins of operators',
  },
  proof: {
    limit: 30,
    windowSeconds: 600,
    by: 'session',
    failuresOnly: true,
    strict: true,
    about: 'failed proofs of who is signed in: step-up, codes, passwords',
  },
  'mail-address': {
    limit: 30,
    windowSeconds: 3600,
    by: 'address',
    strict: true,
    about: 'mails asked for without a session: resets',
  },
  mail: {
    limit: 60,
    windowSeconds: 3600,
    by: 'caller',
    strict: true,
    about: 'mails asked for: verification, change of e-mail, invitations',
  },
  'mail-workspace': {
    limit: 300,
    windowSeconds: 86_400,
    by: 'workspace',
    strict: true,
    about: 'the same, in a day',
  },
  unsigned: {
    limit: 60,
    windowSeconds: 60,
    by: 'address',
    strict: true,
    about: 'deliveries to the webhook without a good signature',
  },
  deliveries: {
    limit: 20_000,
    windowSeconds: 10,
    by: 'server',
    about: 'signed deliveries to the webhook, all together; 503, so that Meta sends them again',
  },
} as const satisfies Record<string, PolicyRule>

export type PolicyName = keyof typeof POLICY_RULES
export type RatePolicies = Readonly<Record<PolicyName, RatePolicy>>

const NAMES = Object.keys(POLICY_RULES) as PolicyName[]
/** Load is tried out on a developer's machine, which is one address and few persons. */
const LAX = 1000

/** Every policy, as this environment and its operator want it. */
export function policiesFor(
  environment: string,
  given: Partial<Record<PolicyName, Pick<RatePolicy, 'limit' | 'windowSeconds'>>> = {},
): RatePolicies {
  const policy = (name: PolicyName): RatePolicy => {
    const rule: PolicyRule = POLICY_RULES[name]
    const factor = environment === 'production' || rule.strict ? 1 : LAX
    const { windowSeconds } = rule
    return { name, limit: rule.limit * factor, windowSeconds, ...given[name] }
  }
  return Object.fromEntries(NAMES.map((name) => [name, policy(name)])) as RatePolicies
}

/**
 * Reads `identity=2400/60,mail=100/3600`: a name of the table, requests, seconds.
 * @throws Error that says what is wrong with it
 */
export function parsePolicies(
  text: string,
): Partial<Record<PolicyName, Pick<RatePolicy, 'limit' | 'windowSeconds'>>> {
  const parts = text.split(',').map((part) => part.trim())
  return Object.fromEntries(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const [, name, limit, seconds] = /^([a-z-]+)=([1-9]\d{0,8})\/([1-9]\d{0,5})$/.exec(part) ?? []
        if (!NAMES.some((known) => known === name)) {
          throw new Error(
            `RATE_LIMIT_POLICIES takes name=requests/seconds, as identity=1200/60, and not ${part}. Names: ${NAMES.join(', ')}`,
          )
        }
        return [name, { limit: Number(limit), windowSeconds: Number(seconds) }]
      }),
  )
}

const STRICTER: Readonly<
  Record<NonNullable<EndpointSpec['rate']>, { public: PolicyName[]; signedIn: PolicyName[] }>
> = {
  standard: { public: [], signedIn: [] },
  register: { public: ['register'], signedIn: ['register'] },
  // Counted where it is known which devices are the person's: modules/identity/sign-in-guard.ts.
  password: { public: [], signedIn: [] },
  authentication: { public: ['guess'], signedIn: ['proof'] },
  mail: { public: ['mail-address'], signedIn: ['mail', 'mail-workspace'] },
  costly: { public: [], signedIn: ['costly', 'costly-workspace'] },
  report: { public: [], signedIn: ['report', 'report-workspace'] },
  // Counted by what its signature says: modules/whatsapp/webhook.routes.ts.
  delivery: { public: [], signedIn: [] },
}

/** Which limits count a request of an endpoint, for who is signed in and for who is not. */
export function policiesOf(
  spec: EndpointSpec,
  isSignedIn: boolean,
  isSearch: boolean,
): readonly PolicyName[] {
  if (spec.rate === 'delivery') return []
  const stricter = STRICTER[spec.rate ?? (isSearch ? 'report' : 'standard')]
  if (isSignedIn) return ['address-signed-in', 'identity', 'token', 'workspace', ...stricter.signedIn]
  // Who must sign in first gets no further, and so uses nothing up.
  return spec.auth === 'session' ? ['address'] : ['address', ...stricter.public]
}
