/**
 * Connections. Only this folder imports the driver. Types come out as the domain has them: int8 and sums as safe
 * integers, dates as the text they are, instants as ISO 8601 in UTC.
 */
import { AsyncResource } from 'node:async_hooks'
import pg from 'pg'
import { invariant } from './errors.ts'
import { isTracing, startPart } from './tracing.ts'

/** COMMIT answered ROLLBACK: an error inside the transaction was caught, and nothing of it was kept. */
export class RolledBackError extends Error {
  constructor() {
    super('the transaction was rolled back, since a statement in it had failed')
    this.name = 'RolledBackError'
  }
}

type Query = (...parameters: unknown[]) => unknown

/** A client that looks at COMMIT's command tag: PostgreSQL answers ROLLBACK, without an error, where one was swallowed. */
class CheckedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    const query = this.query.bind(this) as Query
    const checked: Query = (...parameters) => {
      const answer = isTracing() ? tracedQuery(query, parameters) : query(...parameters)
      if (!isCommit(parameters[0]) || !(answer instanceof Promise)) return answer
      return answer.then((result: pg.QueryResult) => {
        if (result.command !== 'COMMIT') throw new RolledBackError()
        return result
      })
    }
    this.query = checked as typeof this.query
  }
}

/** A span for a statement, named by the name that it has or by its first word: its text may hold ids. */
function tracedQuery(query: Query, parameters: unknown[]): unknown {
  const config = parameters[0] as { name?: unknown; text?: unknown } | string | null
  const text = typeof config === 'string' ? config : String(config?.text ?? '')
  const operation = (/^\s*(\w+)/.exec(text)?.[1] ?? 'statement').toUpperCase()
  // What surrounds a statement travels with it.
  const isFrame = /^(BEGIN|SET|COMMIT|ROLLBACK)$/.test(operation)
  const named = typeof config === 'object' && typeof config?.name === 'string' ? ` ${config.name}` : ''
  const span = isFrame
    ? null
    : startPart({
        name: `${operation}${named}`,
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql', 'db.operation.name': operation },
      })
  if (span === null) return query(...parameters)
  const last = parameters.at(-1)
  if (typeof last === 'function') {
    const answered: Query = (...answer) => {
      span.end(answer[0] ?? undefined)
      return (last as Query)(...answer)
    }
    return query(...parameters.slice(0, -1), answered)
  }
  const answer = query(...parameters)
  if (answer instanceof Promise)
    answer.then(
      () => span.end(),
      (error: unknown) => span.end(error),
    )
  else span.end()
  return answer
}

function isCommit(config: unknown): boolean {
  const text = typeof config === 'string' ? config : (config as { text?: unknown } | null)?.text
  return typeof text === 'string' && text.length < 16 && text.trim().toLowerCase() === 'commit'
}

function safeInteger(text: string): number {
  const value = Number(text)
  invariant(Number.isSafeInteger(value), 'an integer of the database is past 2^53')
  return value
}

/**
 * `2026-11-23 05:00:00.12+00` as `2026-11-23T05:00:00.120Z`: logins have UTC as their time zone. Milliseconds are
 * always written, as Prisma's instants have them, so that an instant is one text wherever it was read.
 */
function instant(text: string): string {
  const fraction = text.slice(20, -3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.length < 3 ? fraction.padEnd(3, '0') : fraction}Z`
}

const PARSERS = new Map<number, (text: string) => unknown>([
  [20, safeInteger],
  [1700, (text) => (text.includes('.') ? text : safeInteger(text))],
  [1082, (text) => text],
  [1184, instant],
])

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)
  },
}

/**
 * For a pooler that gives each transaction any of its connections, as PgBouncer's transaction mode: a statement prepared
 * by name would be looked for on another connection than it was prepared on, so none has a name.
 */
class UnnamedClient extends CheckedClient {
  constructor(config?: pg.ClientConfig) {
    super(config)
    const query = this.query.bind(this) as Query
    const unnamed: Query = (first, ...others) => query(withoutName(first), ...others)
    this.query = unnamed as typeof this.query
  }
}

function withoutName(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || !('name' in config)) return config
  const { name: _, ...rest } = config
  return rest
}

export interface PoolOptions {
  url: string
  max: number
  applicationName: string
  /** Statements go out without waiting for the answers before them. A pipelined client has no cursors and no COPY. */
  pipeline: boolean
  /** False behind a pooler that shares connections between transactions; true where not given. */
  named?: boolean
  timeouts: DatabaseTimeouts
}

/**
 * How long one statement runs, and how long it waits for a lock that somebody else holds; PostgreSQL ends it then. Asked
 * for when a connection opens, so that no request pays for it. The roles have the same bounds (roles.ts), for whoever
 * connects without asking.
 */
export interface DatabaseTimeouts {
  statementMs: number
  lockMs: number
  /** Between two statements of a transaction, which holds its locks meanwhile. */
  idleInTransactionMs: number
}

export const DATABASE_TIMEOUTS: DatabaseTimeouts = {
  statementMs: 30_000,
  lockMs: 10_000,
  idleInTransactionMs: 60_000,
}

/** What a connection asks for as it opens. A pooler between takes no such options: there the roles' own bounds hold. */
function askedFor({
  statementMs,
  lockMs,
  idleInTransactionMs,
}: DatabaseTimeouts): Pick<
  pg.PoolConfig,
  'statement_timeout' | 'lock_timeout' | 'idle_in_transaction_session_timeout'
> {
  return {
    statement_timeout: statementMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
  }
}

export function createPool(options: PoolOptions): pg.Pool {
  // `pipeline` is younger than the published types.
  const config: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    pipeline: options.pipeline,
    ...(options.named === false ? {} : askedFor(options.timeouts)),
    types,
    Client: options.named === false ? UnnamedClient : CheckedClient,
  }
  const pool = new pg.Pool(config)
  // A connection that is lost while a transaction has it in hand, between two of its statements, says so by an event,
  // which would end the process where nobody listens. The next statement is refused, and the transaction with it.
  pool.on('connect', (client) => client.on('error', () => undefined))
  if (isTracing()) keepContext(pool)
  return pool
}

/** Who waits for a connection gets it in the context of whoever gives it back: its own is put in its place. */
function keepContext(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: Query) => unknown
  const kept = (callback?: Query): unknown =>
    callback === undefined ? connect() : connect(AsyncResource.bind(callback))
  pool.connect = kept as typeof pool.connect
}

/** A statement: its name makes it prepared, once per connection. */
export interface Statement {
  name?: string
  text: string
  values?: readonly unknown[]
}

/**
 * Refuses a login that row level security would not bind: a superuser, one with BYPASSRLS, the owner of a table, or a
 * member of such a role.
 * @param variable the environment variable that named the login
 * @throws Error that names what is wrong
 */
export async function assertBoundByRowSecurity(pool: pg.Pool, variable: string): Promise<void> {
  const { rows } = await pool.query<{ login: string; roles: string | null; owned: string | null }>(`
    select current_user::text as login,
      (select string_agg(r.rolname, ', ') from pg_catalog.pg_roles r
        where pg_catalog.pg_has_role(current_user, r.oid, 'member') and (r.rolsuper or r.rolbypassrls)) as roles,
      (select string_agg(c.oid::regclass::text, ', ' order by n.nspname, c.relname) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('app', 'control', 'pgboss') and c.relkind in ('r', 'p', 'v')
          and pg_catalog.pg_has_role(current_user, c.relowner, 'member')) as owned`)
  const [row] = rows
  invariant(row, 'the database did not say who we are')
  if (row.roles !== null) {
    throw new Error(
      `${variable} signs in as ${row.login}, which row level security does not bind (${row.roles}). Use the login that the migrations made for it.`,
    )
  }
  if (row.owned !== null) {
    throw new Error(
      `${variable} signs in as ${row.login}, which owns ${row.owned}. Use the login that the migrations made for it.`,
    )
  }
}
