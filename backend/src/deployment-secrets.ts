/**
 * Which secret goes to whom in a deployment of containers. Each reader gets a folder of its own, so that the API has
 * neither the administrator's password nor the owner's, and none stands in an environment that `docker inspect` shows.
 * What nobody chose is generated once and kept: the passwords of the four logins, Redis', ENCRYPTION_KEY, BACKUP_KEY.
 */
import { newIdentity } from './platform/age-identity.ts'
import { SECRET_VARIABLES } from './secrets.ts'

export type SecretReader =
  'app' | 'owner' | 'backup' | 'postgres' | 'redis' | 'monitoring' | 'maintenance' | 'logs'
/** Contents of the files of each reader, by name of the variable. */
export type SecretFiles = Record<SecretReader, Record<string, string>>

export interface DeploymentSecrets {
  files: SecretFiles
  /** Sentences for whoever reads the log; no secret is in them. */
  notes: string[]
}

type Variables = Readonly<Record<string, string | undefined>>

const LOGINS = {
  DATABASE_URL: 'chronos_app',
  DATABASE_OWNER_URL: 'chronos_owner',
  DATABASE_CONTROL_URL: 'chronos_control',
  DATABASE_BACKUP_URL: 'chronos_backup',
  DATABASE_MAINTENANCE_URL: 'chronos_maintenance',
} as const
type LoginVariable = keyof typeof LOGINS

/** What Prometheus, Alertmanager and Grafana read: nothing that opens the product itself. */
const OF_MONITORING = ['METRICS_TOKEN', 'SLACK_WEBHOOK_URL', 'GRAFANA_PASSWORD'] as const

/** Nobody's but the administrator's, the owner's or the backup's. */
const NOT_THE_APPLICATIONS: ReadonlySet<string> = new Set([
  'DATABASE_ADMIN_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_BACKUP_URL',
  'DATABASE_MAINTENANCE_URL',
  'POSTGRES_PASSWORD',
  'GRAFANA_PASSWORD',
])

/**
 * @param environment what the operator set, secrets of files included; an empty value is not set
 * @param kept what was written before
 * @param random makes a fresh secret of 64 hexadecimal digits
 * @throws Error naming the variable that is missing or wrong
 */
export function deploymentSecrets(
  environment: Variables,
  kept: SecretFiles,
  random: () => string,
): DeploymentSecrets {
  const set = (name: string): string | undefined => environment[name]?.trim() || undefined
  const notes: string[] = []
  const { urls, adminUrl } = databaseUrls(set, kept, random, notes)
  const redis = redisOf(set, kept, random)
  const app: Record<string, string> = {}
  const backup: Record<string, string> = {}
  const logs: Record<string, string> = {}
  for (const name of SECRET_VARIABLES) {
    const value = set(name)
    if (value === undefined) continue
    if (name.startsWith('BACKUP_')) backup[name] = value
    else if (name.startsWith('LOG_')) logs[name] = value
    else if (!NOT_THE_APPLICATIONS.has(name)) app[name] = value
  }
  Object.assign(app, { DATABASE_URL: urls.DATABASE_URL, DATABASE_CONTROL_URL: urls.DATABASE_CONTROL_URL })
  Object.assign(app, { REDIS_URL: redis.url, REDIS_PASSWORD: redis.password })
  if (app['ENCRYPTION_KEY'] === undefined) {
    app['ENCRYPTION_KEY'] = kept.app['ENCRYPTION_KEY'] ?? random()
    notes.push(
      'ENCRYPTION_KEY is not set: one was made and is kept in the volume of secrets. Back it up: without it second factors and personal data cannot be read again.',
    )
  }
  if (backup['BACKUP_KEY'] === undefined) {
    backup['BACKUP_KEY'] = kept.backup['BACKUP_KEY'] ?? newIdentity()
    notes.push(
      'BACKUP_KEY is not set: one was made and is kept in the volume of secrets. Keep a copy away from this machine: without it no backup can be read.',
    )
  }
  return {
    notes,
    files: {
      app,
      owner: { ...urls, ...(adminUrl === undefined ? {} : { DATABASE_ADMIN_URL: adminUrl }) },
      backup: {
        ...backup,
        DATABASE_BACKUP_URL: urls.DATABASE_BACKUP_URL,
        // Writes down what each backup came to.
        DATABASE_CONTROL_URL: urls.DATABASE_CONTROL_URL,
      },
      logs,
      postgres: { POSTGRES_PASSWORD: set('POSTGRES_PASSWORD') ?? '' },
      maintenance: { DATABASE_MAINTENANCE_URL: urls.DATABASE_MAINTENANCE_URL },
      monitoring: Object.fromEntries(
        OF_MONITORING.flatMap((name) => (set(name) === undefined ? [] : [[name, set(name) ?? '']])),
      ),
      redis: {
        REDIS_PASSWORD: redis.password,
        'redis.conf': `requirepass ${JSON.stringify(redis.password)}\n`,
      },
    },
  }
}

function databaseUrls(
  set: (name: string) => string | undefined,
  kept: SecretFiles,
  random: () => string,
  notes: string[],
): { urls: Record<LoginVariable, string>; adminUrl: string | undefined } {
  const admin = { user: set('POSTGRES_USER') ?? 'chronos_admin', password: set('POSTGRES_PASSWORD') }
  const given = set('DATABASE_URL')
  const base = parseUrl(given ?? `postgresql://postgres:5432/${set('POSTGRES_DB') ?? 'chronos'}`)
  const user = decodeURIComponent(base.username)
  const namesAdmin = given === undefined || user === admin.user
  if (!namesAdmin && user !== LOGINS.DATABASE_URL)
    throw new Error(
      `DATABASE_URL signs in as ${user}: it names the administrator (POSTGRES_USER) or ${LOGINS.DATABASE_URL}`,
    )
  const withLogin = (login: string, password: string): string => {
    const url = new URL(base)
    url.username = encodeURIComponent(login)
    url.password = encodeURIComponent(password)
    return url.href
  }
  if (given !== undefined && namesAdmin)
    notes.push(
      `DATABASE_URL names the administrator ${user}: API and worker take its server and database, and sign in as ${LOGINS.DATABASE_URL}.`,
    )
  const urlOf = (name: LoginVariable): string => {
    const chosen = name === 'DATABASE_URL' && namesAdmin ? undefined : set(name)
    return chosen ?? withLogin(LOGINS[name], passwordOf(kept.owner[name]) ?? random())
  }
  const urls = Object.fromEntries(
    (Object.keys(LOGINS) as LoginVariable[]).map((name) => [name, urlOf(name)]),
  ) as Record<LoginVariable, string>
  const password = (namesAdmin ? passwordOf(base.href) : undefined) ?? admin.password
  const adminUrl =
    set('DATABASE_ADMIN_URL') ?? (password === undefined ? undefined : withLogin(admin.user, password))
  if (adminUrl === undefined && namesAdmin) throw new Error('POSTGRES_PASSWORD is missing')
  return { urls, adminUrl }
}

function redisOf(
  set: (name: string) => string | undefined,
  kept: SecretFiles,
  random: () => string,
): { url: string; password: string } {
  const url = set('REDIS_URL') ?? 'redis://redis:6379'
  const inUrl = URL.canParse(url) ? decodeURIComponent(new URL(url).password) : ''
  return { url, password: inUrl || (set('REDIS_PASSWORD') ?? kept.redis['REDIS_PASSWORD'] ?? random()) }
}

function passwordOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  return decodeURIComponent(new URL(url).password) || undefined
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    throw new Error('DATABASE_URL must look like postgresql://user:password@host:5432/database')
  return new URL(text)
}
