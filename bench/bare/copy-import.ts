/**
 * What figure `import` is compared with: the fastest way into the same two tables that row level security leaves to
 * the application's login. COPY into a temporary table, then one insert into transactions and one into lines, in one
 * transaction, with nothing parsed, recognised, categorised, audited or summed up.
 */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export interface CopyTarget {
  appUrl: string
  tenantId: string
  accountId: string
  categoryIds: readonly string[]
}

/** @returns seconds, from BEGIN to COMMIT */
export async function copyImport(target: CopyTarget, rows: number): Promise<number> {
  const lines: string[] = []
  for (let n = 0; n < rows; n += 1) {
    const day = new Date(Date.UTC(2024, 0, 1) + Math.floor((n * 730) / rows) * 86_400_000)
      .toISOString()
      .slice(0, 10)
    const category = target.categoryIds[n % target.categoryIds.length] ?? '\\N'
    lines.push(
      `${randomUUID()}\t${day}\t${-(((n * 7919) % 90_000) + 100)}\tMERCADO ${n % 199} compra ${n % 9973}\t${randomUUID()}\t${category}\n`,
    )
  }
  const client = new pg.Client({ connectionString: target.appUrl })
  await client.connect()
  const { tenantId, accountId } = target
  const start = performance.now()
  try {
    await client.query('begin')
    await client.query(`set local app.tenant_id = '${tenantId}'`)
    await client.query(`create temporary table incoming (id uuid, occurred_on date, amount_minor bigint, description text,
      import_key uuid, category_id uuid) on commit drop`)
    await pipeline(Readable.from(pieces(lines)), client.query(copyFrom('copy incoming from stdin')))
    await client.query(
      `insert into app.transactions (tenant_id, id, account_id, currency, occurred_on, amount_minor, description, source,
         import_key, search_text, created_at, updated_at)
       select $1, id, $2, 'BRL', occurred_on, amount_minor, description, 'import', import_key, description, now(), now()
       from incoming`,
      [tenantId, accountId],
    )
    await client.query(
      `insert into app.transaction_lines (tenant_id, transaction_id, position, account_id, currency, occurred_on,
         amount_minor, category_id)
       select $1, id, 0, $2, 'BRL', occurred_on, amount_minor, category_id from incoming`,
      [tenantId, accountId],
    )
    await client.query('commit')
    return (performance.now() - start) / 1000
  } finally {
    await client.end()
  }
}

function* pieces(lines: readonly string[]): Generator<string> {
  for (let at = 0; at < lines.length; at += 1000) yield lines.slice(at, at + 1000).join('')
}
