/**
 * The only reader of process.env: one schema, which fails at boot and says every thing that is wrong.
 * `.env.example` documents each variable; a test holds the two to each other.
 */
import { z } from 'zod'
import { DATABASE_TIMEOUTS, type DatabaseTimeouts } from './platform/database.ts'
import { replicaUrlsOf } from './platform/replica-address.ts'
import { HTTP_ROLES, rolesOf, type ProcessRole } from './process-roles.ts'
import { parsePolicies } from './plugins/rate-policies.ts'
import { BACKUP_VARIABLES, backupOf, maintenanceOf, MAINTENANCE_VARIABLES } from './config-backup.ts'
import type { BackupConfig, MaintenanceConfig } from './config-backup.ts'
import { CLUSTER_VARIABLES, clusterOf, type ClusterConfig } from './config-cluster.ts'
import { deploymentOf, type DeploymentEnvironment } from './config-deployment.ts'
import { OIDC_VARIABLES, oidcOf, type OidcConfig } from './config-oidc.ts'
import { secretProblems, withSecretFiles } from './secrets.ts'

export type { BackupConfig } from './config-backup.ts'
export type { OidcConfig } from './config-oidc.ts'

type Variables = Record<string, string | undefined>

const text = z.string().trim()
const optional = text.optional().transform((value) => (value === '' ? undefined : value))
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const milliseconds = (fallback: number) => z.coerce.number().int().min(100).max(600_000).default(fallback)
const postgresUrl = text.regex(/^postgres(ql)?:\/\//, { error: 'must be a postgresql:// URL' })

const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  BIND: text.default('127.0.0.1'),
  API_PORT: port(3001),
  API_PROCESSES: text.regex(/^(auto|[1-9]\d?)$/, { error: 'is auto or a number from 1 to 99' }).default('1'),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).default(0),
  HEARTBEAT_FILE: optional,
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  CHRONOS_COMMIT: optional,
  WEB_PORT: port(3000),
  PUBLIC_URL: optional.refine((url) => url === undefined || isOrigin(url.replace(/\/+$/, '')), {
    error: 'is what a browser shows before the path, such as https://money.example',
  }),
  CHRONOS_ROLES: optional,
  TRUSTED_PROXIES: optional,
  CORS_ORIGINS: optional,
  DATABASE_URL: postgresUrl,
  DATABASE_CONTROL_URL: postgresUrl,
  DATABASE_REPLICA_URLS: optional,
  DATABASE_POOLER: z.enum(['none', 'transaction']).default('none'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(16),
  DATABASE_STATEMENT_TIMEOUT_MS: milliseconds(DATABASE_TIMEOUTS.statementMs),
  DATABASE_LOCK_TIMEOUT_MS: milliseconds(DATABASE_TIMEOUTS.lockMs),
  REDIS_URL: optional,
  REDIS_PASSWORD: optional,
  JWT_SECRET: text.min(32, { error: 'needs 32 characters or more' }),
  SESSION_SECRET: text.min(32, { error: 'needs 32 characters or more' }),
  ENCRYPTION_KEY: text.regex(/^[0-9a-f]{64}$/i, {
    error: 'needs 64 hexadecimal digits (openssl rand -hex 32)',
  }),
  ENCRYPTION_KEY_PREVIOUS: optional,
  AUDIT_HEAD_FILE: optional,
  JWT_SECRET_PREVIOUS: optional,
  SESSION_SECRET_PREVIOUS: optional,
  REGISTRATION: z.enum(['open', 'invite', 'closed']).default('open'),
  REGISTRATION_VERIFY_FIRST: z.enum(['true', 'false']).default('false'),
  BREACHED_PASSWORDS_FILE: optional,
  BCRYPT_ROUNDS: z.coerce.number().int().min(4).max(16).default(12),
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  RATE_LIMIT_POLICIES: optional,
  WHATSAPP_API_TOKEN: optional,
  WHATSAPP_PHONE_NUMBER_ID: optional,
  WHATSAPP_WEBHOOK_SECRET: optional,
  WHATSAPP_WEBHOOK_SECRET_PREVIOUS: optional,
  WHATSAPP_VERIFY_TOKEN: optional,
  WHATSAPP_GRAPH_URL: optional,
  WHATSAPP_GRAPH_VERSION: text.regex(/^v\d+\.\d+$/, { error: 'must look like v25.0' }).default('v25.0'),
  WHATSAPP_DISPLAY_NUMBER: optional,
  BACKUP_MAX_AGE_HOURS: z.coerce.number().positive().max(8760).optional(),
  SLACK_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be the address of an incoming webhook' })
    .optional(),
  SENTRY_DSN: z.url({ protocol: /^https?$/, error: 'must look like https://key@host/project' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must look like http://collector:4318' })
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  METRICS_TOKEN: text.min(32, { error: 'needs 32 characters or more' }).optional(),
  BILLING_SECRET: text.min(32, { error: 'needs 32 characters or more' }).optional(),
  BILLING_SECRET_PREVIOUS: optional,
  ...OIDC_VARIABLES,
  EMAIL_HOST: optional,
  EMAIL_PORT: port(587),
  EMAIL_USER: optional,
  EMAIL_PASSWORD: optional,
  EMAIL_FROM: text.default('CHRONOS <no-reply@chronos.local>'),
})

export interface Config {
  environment: 'development' | 'test' | 'production'
  logLevel: string
  bind: string
  apiPort: number
  /** How many processes share the port; `auto` is one for each core. */
  apiProcesses: number | 'auto'
  /** How long the API goes on serving, no longer ready, after it was asked to end. */
  drainSeconds: number
  /** A file that the worker touches while it lives and reaches the database. */
  heartbeatFile: string | undefined
  /** Where a process that is a worker alone tells its health and metrics. */
  workerPort: number | undefined
  /** What this was built from; a checkout asks git. */
  commit: string | undefined
  /** What people type to reach the web, without a slash at the end. */
  publicUrl: string
  roles: ReadonlySet<ProcessRole>
  trustedProxies: string[]
  /** Other origins whose pages may call the API with a token, as https://tools.example. */
  corsOrigins: string[]
  databaseUrl: string
  controlUrl: string
  /** Servers that follow, for reads that may lag. */
  replicaUrls: string[]
  /** Statements are prepared by name; not so behind a pooler that shares connections between transactions. */
  namedStatements: boolean
  poolSize: number
  databaseTimeouts: DatabaseTimeouts
  redisUrl: string | undefined
  redisPassword: string | undefined
  jwtSecret: string
  sessionSecret: string
  /** Secrets that tokens may still be signed with. */
  jwtSecretsBefore: string[]
  sessionSecretsBefore: string[]
  /** Who may make a person: anybody, who was invited, nobody. */
  registration: 'open' | 'invite' | 'closed'
  /** Registering makes nothing until the link of a mail is followed. */
  verifyFirst: boolean
  /** 64 hexadecimal digits. */
  encryptionKey: string
  /** Keys that values at rest may still have. */
  encryptionKeysBefore: string[]
  /** Where heads of the audit logs' chains are appended; a file outside the database. */
  auditHeadFile: string | undefined
  bcryptRounds: number
  /** A list of passwords that were found in breaches, ordered by hash. */
  breachedPasswordsFile: string | undefined
  /** A backup that is older makes the server `degraded`; undefined: nothing is said of backups. */
  backupMaxAgeHours: number | undefined
  /** Slack's incoming webhook, a secret; undefined: alarms stand in the log alone. */
  slackWebhookUrl: string | undefined
  /** Where failures are told; undefined: in the log alone. */
  sentryDsn: string | undefined
  /** Where traces go, by OTLP over HTTP; undefined: nothing is traced. */
  otlpEndpoint: string | undefined
  /** Which part of the traces that begin here is kept: 0 to 1. */
  traceSampleRatio: number
  /** Opens GET /metrics; without it there is none. */
  metricsToken: string | undefined
  /** Signs what a billing system says; without it none may set plans. */
  billingSecret: string | undefined
  /** Secrets that a billing system may still sign with. */
  billingSecretsBefore: string[]
  rateLimits: boolean
  /** Limits that are not as the table has them. */
  ratePolicies: ReturnType<typeof parsePolicies>
  whatsapp: {
    apiToken: string | undefined
    phoneNumberId: string | undefined
    webhookSecret: string | undefined
    /** Secrets that a signature may still have been made with. */
    webhookSecretsBefore: string[]
    verifyToken: string | undefined
    graphUrl: string
    graphVersion: string
    displayNumber: string | undefined
  }
  /** The operator's own OpenID provider; undefined where there is none. */
  oidc: OidcConfig | undefined
  email: {
    host: string | undefined
    port: number
    user: string | undefined
    password: string | undefined
    from: string
  }
}

/**
 * @param defaultRoles what the process does where CHRONOS_ROLES says nothing
 * @throws Error whose message lists every variable that is missing or wrong
 */
export function readConfig(
  environment: Variables = process.env,
  defaultRoles: readonly ProcessRole[] = HTTP_ROLES,
): Config {
  const set = Object.fromEntries(
    Object.entries(withSecretFiles(environment)).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(set)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(
      `The environment is not usable:\n${problems.join('\n')}\n.env.example describes every variable.`,
    )
  }
  const env = parsed.data
  const problems = env.NODE_ENV === 'production' ? secretProblems(set) : []
  if (problems.length > 0) {
    throw new Error(
      `Production does not start with these secrets:\n${problems.map(({ name, problem }) => `  ${name} ${problem}`).join('\n')}`,
    )
  }
  if (env.NODE_ENV === 'production' && env.REDIS_URL === undefined) {
    throw new Error(
      'REDIS_URL is required in production: the store inside the process serves one process only.',
    )
  }
  const roles = rolesOf(listOf(env.CHRONOS_ROLES), defaultRoles)
  const apiProcesses = env.API_PROCESSES === 'auto' ? 'auto' : Number(env.API_PROCESSES)
  if (apiProcesses !== 1 && env.REDIS_URL === undefined) {
    throw new Error('API_PROCESSES needs REDIS_URL: the store inside the process serves one process only.')
  }
  return {
    environment: env.NODE_ENV,
    logLevel: env.LOG_LEVEL,
    bind: env.BIND,
    apiPort: env.API_PORT,
    apiProcesses,
    drainSeconds: env.DRAIN_SECONDS,
    heartbeatFile: env.HEARTBEAT_FILE,
    workerPort: env.WORKER_PORT,
    commit: env.CHRONOS_COMMIT,
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.WEB_PORT}`).replace(/\/+$/, ''),
    roles,
    trustedProxies: listOf(env.TRUSTED_PROXIES),
    corsOrigins: corsOriginsOf(env.CORS_ORIGINS),
    databaseUrl: env.DATABASE_URL,
    controlUrl: env.DATABASE_CONTROL_URL,
    namedStatements: env.DATABASE_POOLER === 'none',
    replicaUrls: replicaUrlsOf(listOf(env.DATABASE_REPLICA_URLS), env.DATABASE_URL),
    poolSize: env.DATABASE_POOL_SIZE,
    databaseTimeouts: {
      ...DATABASE_TIMEOUTS,
      statementMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      lockMs: env.DATABASE_LOCK_TIMEOUT_MS,
    },
    redisUrl: env.REDIS_URL,
    redisPassword: hasPassword(env.REDIS_URL) ? undefined : env.REDIS_PASSWORD,
    jwtSecret: env.JWT_SECRET,
    sessionSecret: env.SESSION_SECRET,
    jwtSecretsBefore: listOf(env.JWT_SECRET_PREVIOUS),
    sessionSecretsBefore: listOf(env.SESSION_SECRET_PREVIOUS),
    registration: env.REGISTRATION,
    verifyFirst: env.REGISTRATION_VERIFY_FIRST === 'true',
    encryptionKey: env.ENCRYPTION_KEY,
    encryptionKeysBefore: listOf(env.ENCRYPTION_KEY_PREVIOUS),
    auditHeadFile: env.AUDIT_HEAD_FILE,
    bcryptRounds: env.BCRYPT_ROUNDS,
    breachedPasswordsFile: env.BREACHED_PASSWORDS_FILE,
    backupMaxAgeHours: env.BACKUP_MAX_AGE_HOURS,
    slackWebhookUrl: env.SLACK_WEBHOOK_URL,
    sentryDsn: env.SENTRY_DSN,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    traceSampleRatio: env.OTEL_TRACES_SAMPLER_ARG,
    metricsToken: env.METRICS_TOKEN,
    billingSecret: env.BILLING_SECRET,
    billingSecretsBefore: listOf(env.BILLING_SECRET_PREVIOUS),
    rateLimits: env.RATE_LIMITS === 'on',
    ratePolicies: parsePolicies(env.RATE_LIMIT_POLICIES ?? ''),
    whatsapp: {
      apiToken: env.WHATSAPP_API_TOKEN,
      phoneNumberId: env.WHATSAPP_PHONE_NUMBER_ID,
      webhookSecret: env.WHATSAPP_WEBHOOK_SECRET,
      webhookSecretsBefore: listOf(env.WHATSAPP_WEBHOOK_SECRET_PREVIOUS),
      verifyToken: env.WHATSAPP_VERIFY_TOKEN,
      graphUrl: (env.WHATSAPP_GRAPH_URL ?? 'https://graph.facebook.com').replace(/\/+$/, ''),
      graphVersion: env.WHATSAPP_GRAPH_VERSION,
      displayNumber: env.WHATSAPP_DISPLAY_NUMBER,
    },
    oidc: oidcOf(env, env.NODE_ENV),
    email: {
      host: env.EMAIL_HOST,
      port: env.EMAIL_PORT,
      user: env.EMAIL_USER,
      password: env.EMAIL_PASSWORD,
      from: env.EMAIL_FROM,
    },
  }
}

function hasPassword(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).password !== ''
}

/** @throws Error for what is no origin; `*` is none */
function corsOriginsOf(text: string | undefined): string[] {
  return listOf(text).map((origin) => {
    if (!isOrigin(origin))
      throw new Error(`CORS_ORIGINS takes origins such as https://tools.example, not ${origin}`)
    return origin
  })
}

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** @throws Error whose message lists every variable that is missing or wrong */
function parsedBy<Schema extends z.ZodType>(schema: Schema, environment: Variables): z.infer<Schema> {
  const set = Object.entries(withSecretFiles(environment)).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  const parsed = schema.safeParse(Object.fromEntries(set))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not usable:\n${problems.join('\n')}`)
}

const MigrationEnvironment = z.object({
  DATABASE_ADMIN_URL: postgresUrl.optional(),
  DATABASE_URL: postgresUrl,
  DATABASE_OWNER_URL: postgresUrl,
  DATABASE_CONTROL_URL: postgresUrl,
  DATABASE_BACKUP_URL: postgresUrl,
  DATABASE_MAINTENANCE_URL: postgresUrl.optional(),
  ...CLUSTER_VARIABLES,
})

export interface MigrationConfig {
  /** A superuser's; not set where the logins exist already. */
  adminUrl: string | undefined
  appUrl: string
  ownerUrl: string
  controlUrl: string
  backupUrl: string
  maintenanceUrl: string | undefined
  cluster: ClusterConfig | undefined
}

/**
 * What migrations need, which is less than a server.
 * @throws Error whose message lists every variable that is missing or wrong
 */
export function readMigrationConfig(environment: Variables = process.env): MigrationConfig {
  const env = parsedBy(MigrationEnvironment, environment)
  return {
    adminUrl: env.DATABASE_ADMIN_URL,
    appUrl: env.DATABASE_URL,
    ownerUrl: env.DATABASE_OWNER_URL,
    controlUrl: env.DATABASE_CONTROL_URL,
    backupUrl: env.DATABASE_BACKUP_URL,
    maintenanceUrl: env.DATABASE_MAINTENANCE_URL,
    cluster: clusterOf(env, env.DATABASE_OWNER_URL, env.DATABASE_ADMIN_URL),
  }
}

const MaintenanceEnvironment = z.object({ DATABASE_MAINTENANCE_URL: postgresUrl, ...MAINTENANCE_VARIABLES })

/** @throws Error whose message lists every variable that is missing or wrong */
export function readMaintenanceConfig(environment: Variables = process.env): MaintenanceConfig {
  const env = parsedBy(MaintenanceEnvironment, environment)
  return { url: env.DATABASE_MAINTENANCE_URL, ...maintenanceOf(env) }
}

const BackupEnvironment = z.object({ DATABASE_BACKUP_URL: postgresUrl, ...BACKUP_VARIABLES })

/**
 * What a backup needs, which is less than a server.
 * @throws Error whose message lists every variable that is missing or wrong
 */
export function readBackupConfig(environment: Variables = process.env): BackupConfig {
  const env = parsedBy(BackupEnvironment, environment)
  return { backupUrl: env.DATABASE_BACKUP_URL, ...backupOf(env) }
}

/** What the one-shot that hands out secrets needs: everything. @throws Error as `deploymentOf` */
export function readDeploymentEnvironment(environment: Variables = process.env): DeploymentEnvironment {
  return deploymentOf(environment)
}

const SCHEMAS = [Environment, MigrationEnvironment, MaintenanceEnvironment, BackupEnvironment] as const

/** Every variable that is read here, for the test that holds `.env.example` to it. */
export const CONFIG_VARIABLES = [...new Set(SCHEMAS.flatMap((schema) => Object.keys(schema.shape)))]

/** What each of them may be, as JSON Schema, for docs/configuration.md. */
export const CONFIG_TYPES: Readonly<Record<string, Record<string, unknown>>> = Object.assign(
  {},
  ...SCHEMAS.map((schema) => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }).properties),
)
