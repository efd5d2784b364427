/**
 * The database's logins. Only this file knows their attributes; names are fixed, since policies and grants of the
 * migrations refer to them.
 */
import pg from 'pg'
import { MIGRATION_LOCK } from './migrate.ts'
import { openStatementCounts } from './statement-counts.ts'

export interface LoginUrls {
  /** chronos_app: row level security binds it, it owns nothing. */
  appUrl: string
  /** chronos_owner: owns schemas and tables, runs migrations. */
  ownerUrl: string
  /** chronos_control: persons, sessions, routing, the queue; no tenant table. */
  controlUrl: string
  /** chronos_backup: reads everything (BYPASSRLS), writes nothing. */
  backupUrl: string
  /** chronos_maintenance: vacuums the owner's tables at night. Not made where it is not given. */
  maintenanceUrl?: string | undefined
}

const EXPECTED = {
  appUrl: 'chronos_app',
  ownerUrl: 'chronos_owner',
  controlUrl: 'chronos_control',
  backupUrl: 'chronos_backup',
  maintenanceUrl: 'chronos_maintenance',
} as const

const ATTRIBUTES = {
  appUrl: 'login nosuperuser nobypassrls nocreatedb nocreaterole',
  ownerUrl: 'login nosuperuser nobypassrls nocreatedb nocreaterole',
  controlUrl: 'login nosuperuser nobypassrls nocreatedb nocreaterole',
  backupUrl: 'login nosuperuser bypassrls nocreatedb nocreaterole',
  maintenanceUrl: 'login nosuperuser nobypassrls nocreatedb nocreaterole connection limit 2',
} as const

/** Settings of the roles. A cluster's are accepted by plain PostgreSQL as placeholders. */
const SETTINGS: Readonly<Record<keyof LoginUrls, readonly string[]>> = {
  appUrl: [
    "citus.propagate_set_commands = 'local'",
    "timezone = 'UTC'",
    "statement_timeout = '30s'",
    "lock_timeout = '10s'",
    "idle_in_transaction_session_timeout = '60s'",
    'search_path = pg_catalog',
  ],
  ownerUrl: [
    "citus.enable_unsafe_triggers = 'on'",
    "citus.enable_local_reference_table_foreign_keys = 'off'",
    "citus.multi_shard_modify_mode = 'sequential'",
    "timezone = 'UTC'",
  ],
  controlUrl: [
    "timezone = 'UTC'",
    "statement_timeout = '30s'",
    "lock_timeout = '10s'",
    "idle_in_transaction_session_timeout = '60s'",
  ],
  backupUrl: ["timezone = 'UTC'", 'default_transaction_read_only = on'],
  // Gently: it runs beside people who work at night.
  maintenanceUrl: ["timezone = 'UTC'", "vacuum_cost_delay = '2ms'"],
}

/**
 * Makes the logins and the database that their URLs name, or brings them up to date. Repeatable.
 * @param adminUrl a superuser's connection string, of any database of the server
 * @returns lines for whoever runs it: what the server does without
 * @throws Error when a URL names another login than the migrations expect
 */
export async function ensureRoles(adminUrl: string, urls: LoginUrls): Promise<string[]> {
  const parts = Object.keys(EXPECTED) as (keyof LoginUrls)[]
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'chronos-roles' })
  await admin.connect()
  try {
    // Two at once would change the same rows of the catalogue, which PostgreSQL refuses the second.
    await admin.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    for (const part of parts) {
      const given = urls[part]
      if (given === undefined) continue
      const url = new URL(given)
      const name = EXPECTED[part]
      if (url.username !== name) throw new Error(`${part} must sign in as ${name}, not ${url.username}`)
      const exists = await admin.query('select 1 from pg_catalog.pg_roles where rolname = $1', [name])
      const verb = exists.rowCount === 0 ? 'create' : 'alter'
      const password = admin.escapeLiteral(decodeURIComponent(url.password))
      await admin.query(`${verb} role ${name} with ${ATTRIBUTES[part]} password ${password}`)
      for (const setting of SETTINGS[part]) await admin.query(`alter role ${name} set ${setting}`)
    }
    // PostgreSQL 15 lets nobody vacuum a table but its owner and who is a member of that role.
    if (urls.maintenanceUrl !== undefined) await admin.query('grant chronos_owner to chronos_maintenance')
    const database = decodeURIComponent(new URL(urls.ownerUrl).pathname.slice(1))
    const known = await admin.query('select 1 from pg_catalog.pg_database where datname = $1', [database])
    const name = admin.escapeIdentifier(database)
    if (known.rowCount === 0) await admin.query(`create database ${name} owner chronos_owner`)
    // The server's image made it (POSTGRES_DB), as the administrator's.
    else await admin.query(`alter database ${name} owner to chronos_owner`)
    // No temporary tables: a trigger on one could write audit rows in the name of a change.
    await admin.query(`revoke connect, temporary on database ${name} from public, chronos_app`)
    await admin.query(`grant connect on database ${name} to chronos_app, chronos_control, chronos_backup`)
    await allowBaseCopies(adminUrl, database)
    const note = await openStatementCounts(adminUrl)
    return note === undefined ? [] : [note]
  } finally {
    await admin.end()
  }
}

/** The backup tells the server where a copy of its files begins and ends; a grant on functions is each database's own. */
async function allowBaseCopies(adminUrl: string, database: string): Promise<void> {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  const admin = new pg.Client({ connectionString: url.href, application_name: 'chronos-roles' })
  await admin.connect()
  try {
    await admin.query(
      'grant execute on function pg_backup_start(text, boolean), pg_backup_stop(boolean) to chronos_backup',
    )
  } finally {
    await admin.end()
  }
}
