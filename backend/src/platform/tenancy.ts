/**
 * The only way to a tenant's rows. A `Tenant` is made by one function, carries who acts and for whom, and every
 * statement that it sends travels with that context: `set local app.tenant_id` inside the transaction of the
 * statement, so that nothing is left on the connection for the next request. Row level security does the keeping
 * apart; the explicit `where tenant_id = …` of each statement is for the planner and for clusters.
 */
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/prisma/client.ts'
import type { Statement } from './database.ts'
import { AppError, invariant } from './errors.ts'
import { claimKey, keepAnswer, type IdempotencyClaim } from './idempotency.ts'
import { digestOf, readKept, type KeptRead } from './kept-reads.ts'
import type { QueueName } from './queues.ts'
import type { Replicas } from './replicas.ts'
import { isSerializationFailure } from './sql-errors.ts'
import type { Store } from './store.ts'
import { currentTraceparent } from './tracing.ts'

declare const entered: unique symbol

/** In whose name it happens: a membership (app.users), and the accounts of the workspace that are kept from it. */
export interface PersonActor {
  type: 'user' | 'token' | 'whatsapp' | 'import'
  userId: string
  /** Rows of these accounts do not exist for the statements of this context; the policies see to it. */
  hiddenAccounts: readonly string[]
}

/** Nobody of the workspace: a job of its own accord, or an operator whom the workspace let in. */
export interface ForeignActor {
  type: 'system' | 'operator'
  userId: null
}

export type Actor = PersonActor | ForeignActor

export const SYSTEM: ForeignActor = { type: 'system', userId: null }

export interface TenantContext {
  tenantId: string
  actor: Actor
  /** Made by the server, stored in the audit log; so are session and address. */
  requestId: string | null
  sessionId?: string | null
  ip?: string | null
  idempotency?: IdempotencyClaim | undefined
}

/** Where a change comes from; stands beside the actor in the audit log. */
export interface Origin {
  requestId: string | null
  sessionId: string | null
  ip: string | null
}

/** A statement inside a transaction of the tenant. */
export interface TenantQueries {
  readonly tenantId: string
  readonly actor: Actor
  readonly origin: Origin
  /** Rows of typed SQL. Through Prisma, dates need `::text`; bigint comes as a safe integer on both ways. */
  query<Row>(text: string, ...values: readonly unknown[]): Promise<Row[]>
  /** Tells open browsers, after the commit, that lists of these topics have changed. */
  changed(...topics: string[]): void
  /** Puts a job into the queue, in this transaction. */
  enqueue(queue: QueueName, subjectId: string | null, startAfter?: Date): Promise<void>
}

/** An interactive transaction for a command: Prisma's model calls and typed SQL. */
export interface Tx extends TenantQueries {
  readonly prisma: Prisma.TransactionClient
}

/** A plain transaction for bulk writes, without Prisma's time limit. */
export type BulkTx = TenantQueries

export interface Tenant {
  readonly [entered]: true
  readonly id: string
  readonly actor: Actor
  /** Rows of one statement, in one round trip. */
  read<Row>(statement: Statement): Promise<Row[]>
  /**
   * The same, from a replica where there is one: as of a few seconds ago at worst, yet never before a write of this
   * tenant that was answered (replicas.ts). For what people look at, and not for what a decision rests on.
   */
  readLagging<Row>(statement: Statement): Promise<Row[]>
  /** The same, out of the store where that is as new (kept-reads.ts). */
  readKept<Row>(read: KeptRead): Promise<Row[]>
  /** Several statements on one snapshot-less transaction, in one round trip. */
  readAll(statements: readonly Statement[]): Promise<unknown[][]>
  /** Runs a command in one transaction; a throw rolls back. Retried as a whole on serialization failures. */
  command<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  bulk<T>(work: (tx: BulkTx) => Promise<T>): Promise<T>
}

/** What happens after a commit: events to browsers, a poke for the workers. */
export interface CommitListener {
  committed(tenantId: string, topics: ReadonlySet<string>, queues: ReadonlySet<QueueName>): void
}

export interface Tenancy {
  /** The one maker of a {@link Tenant}. The caller has checked that the actor may be there. */
  enter(context: TenantContext): Tenant
  close(): Promise<void>
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ATTEMPTS = 6
const COMMAND_TIMEOUT_MS = 15_000

function uuid(value: string): string {
  if (!UUID.test(value))
    throw new AppError('internal', { detail: 'a tenant context needs UUIDs made by the server' })
  return value
}

export function createTenancy(
  pool: pg.Pool,
  listener: CommitListener,
  replicas: Replicas | null = null,
  keptIn: Store | null = null,
): Tenancy {
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }),
  })
  return {
    enter: (context) => new EnteredTenant({ pool, prisma, listener, replicas, keptIn }, context),
    close: async () => {
      await prisma.$disconnect()
      await replicas?.close()
      await pool.end()
    },
  }
}

/** Names for Prisma's statements, so that they are prepared once a connection; a bounded number of them. */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= 400 || sql.length > 4000) return ''
    const name = `prisma_${names.size}`
    names.set(sql, name)
    return name
  }
}

interface Parts {
  pool: pg.Pool
  prisma: PrismaClient
  listener: CommitListener
  replicas: Replicas | null
  /** Null keeps no answers. */
  keptIn: Store | null
}

class EnteredTenant implements Tenant {
  declare readonly [entered]: true
  readonly id: string
  readonly actor: Actor
  readonly #pool: pg.Pool
  readonly #prisma: PrismaClient
  readonly #listener: CommitListener
  readonly #replicas: Replicas | null
  readonly #keptIn: Store | null
  readonly #context: TenantContext
  readonly #settings: readonly string[]
  readonly #hidden: readonly string[]
  readonly #origin: Origin

  constructor({ pool, prisma, listener, replicas, keptIn }: Parts, context: TenantContext) {
    this.id = uuid(context.tenantId)
    this.actor = context.actor
    this.#pool = pool
    this.#prisma = prisma
    this.#listener = listener
    this.#replicas = replicas
    this.#keptIn = keptIn
    this.#context = context
    const { requestId, sessionId = null, ip = null } = context
    this.#origin = { requestId, sessionId, ip }
    this.#hidden = context.actor.userId === null ? [] : context.actor.hiddenAccounts.map(uuid)
    this.#settings = [`set local app.tenant_id = '${this.id}'`, ...this.#restrictions()]
  }

  /** Most people see every account: then a read says nothing but its tenant. */
  #restrictions(): string[] {
    const { userId } = this.actor
    if (this.#hidden.length === 0 || userId === null) return []
    return [
      `set local app.actor_id = '${uuid(userId)}'`,
      `set local app.hidden_accounts = '{${this.#hidden.join(',')}}'`,
    ]
  }

  /** What `app.enter` takes. */
  #entry(): readonly [string, string | null, string, string | null, string | null, string | null, string[]] {
    const { requestId, sessionId, ip } = this.#origin
    return [this.id, this.actor.userId, this.actor.type, requestId, sessionId, ip, [...this.#hidden]]
  }

  async read<Row>(statement: Statement): Promise<Row[]> {
    const [rows] = await this.readAll([statement])
    return (rows ?? []) as Row[]
  }

  async readLagging<Row>(statement: Statement): Promise<Row[]> {
    const [rows] = await this.#sendLagging([statement])
    return (rows ?? []) as Row[]
  }

  async readKept<Row>(read: KeptRead): Promise<Row[]> {
    if (this.#keptIn === null) return this.readLagging(read.statement)
    const { userId } = this.actor
    const whose = this.#hidden.length === 0 ? this.id : `${this.id}:${userId ?? ''}:${digestOf(this.#hidden)}`
    const rows = await readKept(this.#keptIn, whose, read, (statements) => this.#sendLagging(statements))
    return rows as Row[]
  }

  #sendLagging(statements: readonly Statement[]): Promise<unknown[][]> {
    if (this.#replicas === null) return this.readAll(statements)
    return this.#replicas.read(this.id, (pool) => this.#send(pool, statements))
  }

  readAll(statements: readonly Statement[]): Promise<unknown[][]> {
    return this.#send(this.#pool, statements)
  }

  async #send(pool: pg.Pool, statements: readonly Statement[]): Promise<unknown[][]> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      const answers = [client.query('begin'), ...this.#settings.map((setting) => client.query(setting))]
      const before = answers.length
      for (const { name, text, values } of statements) {
        answers.push(
          client.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) }),
        )
      }
      answers.push(client.query('commit'))
      const settled = await Promise.allSettled(answers)
      const failed = settled.find((answer) => answer.status === 'rejected')
      if (failed) {
        const error: unknown = failed.reason
        if (typeof (error as { severity?: unknown } | null)?.severity !== 'string') broken = error as Error
        throw error
      }
      return settled
        .slice(before, -1)
        .map((answer) => (answer.status === 'fulfilled' ? answer.value.rows : []))
    } finally {
      client.release(broken)
    }
  }

  command<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return retried(async () => {
      const effects = new Effects()
      const answer = await this.#prisma.$transaction(
        async (prisma) => {
          const raw = async <Row>(text: string, ...values: readonly unknown[]): Promise<Row[]> =>
            (await prisma.$queryRawUnsafe<Record<string, unknown>[]>(text, ...values)).map(plain) as Row[]
          await prisma.$executeRawUnsafe(
            'select app.enter($1::uuid, $2::uuid, $3, $4::uuid, $5::uuid, $6::inet, $7::uuid[])',
            ...this.#entry(),
          )
          const tx: Tx = { ...this.#queries(raw, effects), prisma }
          const claim = this.#context.idempotency
          if (!claim) return work(tx)
          await claimKey(tx, claim)
          const result = await work(tx)
          await keepAnswer(tx, claim, result)
          return result
        },
        { timeout: COMMAND_TIMEOUT_MS, maxWait: 10_000 },
      )
      await this.#committed(effects)
      return answer
    })
  }

  /** Whoever is told, or is answered, reads what was written. */
  async #committed({ topics, queues }: Effects): Promise<void> {
    await this.#replicas?.wrote(this.id)
    this.#listener.committed(this.id, topics, queues)
  }

  bulk<T>(work: (tx: BulkTx) => Promise<T>): Promise<T> {
    return retried(async () => {
      const effects = new Effects()
      const client = await this.#pool.connect()
      let broken: Error | undefined
      try {
        await client.query('begin')
        await client.query('select app.enter($1, $2, $3, $4, $5, $6, $7)', [...this.#entry()])
        const raw = async <Row>(text: string, ...values: readonly unknown[]): Promise<Row[]> =>
          (await client.query(text, values as unknown[])).rows as Row[]
        const answer = await work(this.#queries(raw, effects))
        await client.query('commit')
        await this.#committed(effects)
        return answer
      } catch (error) {
        await client.query('rollback').catch((failure: unknown) => {
          broken = failure as Error
        })
        throw error
      } finally {
        client.release(broken)
      }
    })
  }

  #queries(query: TenantQueries['query'], effects: Effects): TenantQueries {
    return {
      tenantId: this.id,
      actor: this.actor,
      origin: this.#origin,
      query,
      changed: (...topics) => {
        for (const topic of topics) effects.topics.add(topic)
      },
      enqueue: async (queue, subjectId, startAfter) => {
        effects.queues.add(queue)
        await query(
          'select control.enqueue($1, $2::uuid, $3::uuid, $4::timestamptz, $5)::text as id',
          queue,
          this.id,
          subjectId,
          startAfter ?? null,
          currentTraceparent(),
        )
      },
    }
  }
}

class Effects {
  readonly topics = new Set<string>()
  readonly queues = new Set<QueueName>()
}

/** Prisma's raw rows in the same shapes as the driver's: bigint as safe integer, instants as ISO 8601. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'bigint') {
      invariant(
        value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER,
        'an integer of the database is past 2^53',
      )
      row[column] = Number(value)
    } else if (value instanceof Date) row[column] = value.toISOString()
  }
  return row
}

/** Serialization failures and deadlocks are retried as a whole, with jitter; everything else is thrown at once. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !isSerializationFailure(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
    }
  }
}
