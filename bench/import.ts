/** 100,000 rows of CSV, from the upload until they are all booked, against COPY into the same tables. */
import { copyImport, type CopyTarget } from './bare/copy-import.ts'
import type { Figure } from './lab/figure.ts'
import { clientOf, personSession, type ApiClient } from './lab/client.ts'
import type { BenchDatabase } from './lab/lab.ts'
import { peakMemoryBytes, processMs } from './lab/processor-time.ts'
import { statementCsv } from './lab/statement-file.ts'
import { median } from './lab/statistics.ts'

const POLL_MS = 100

interface Timing {
  uploadSeconds: number
  applySeconds: number
  created: number
  nodeMs: number
}

export const importFigure: Figure = {
  name: 'import',
  title: 'A statement of 100,000 rows, from the upload until all are booked',
  async run(lab) {
    const rows = lab.quick ? 20_000 : 100_000
    const rounds = lab.quick ? 1 : 3
    const database = await lab.database('import')
    await database.admin.query('drop schema if exists bench cascade')
    const api = await lab.startApi(database, { roles: 'api,worker' })
    const csv = statementCsv(rows)
    const first: Timing[] = []
    const second: Timing[] = []
    for (let round = 0; round < rounds; round += 1) {
      // A workspace of its own for each round: the first import of a workspace has nothing to compare with.
      const client = clientOf(api, await personSession(api, Date.now() + round))
      const account = await client.send('POST', '/accounts', {
        name: 'Conta',
        type: 'checking',
        currency: 'BRL',
      })
      const accountId = String(account.body['id'])
      first.push(await importOnce(client, csv, accountId, api.pid))
      second.push(await importOnce(client, csv, accountId, api.pid))
    }
    const peakMb = peakMemoryBytes(api.pid) / 1024 / 1024
    await api.stop()

    const bare = await lab.clone(database, 'import_bare')
    await dropTriggers(bare)
    const copied: number[] = []
    for (let round = 0; round < rounds; round += 1)
      copied.push(await copyImport(await copyTarget(bare), rows))
    await dropForeignKeys(bare)
    const unguarded: number[] = []
    for (let round = 0; round < rounds; round += 1)
      unguarded.push(await copyImport(await copyTarget(bare), rows))

    const seconds = (timings: readonly Timing[]): number =>
      median(timings.map(({ uploadSeconds, applySeconds }) => uploadSeconds + applySeconds))
    const perSecond = (taken: number): string => (rows / taken).toFixed(0)
    const row = (name: string, timings: readonly Timing[]): string[] => [
      name,
      median(timings.map((each) => each.uploadSeconds)).toFixed(2),
      median(timings.map((each) => each.applySeconds)).toFixed(2),
      perSecond(seconds(timings)),
      median(timings.map((each) => (each.nodeMs * 1000) / rows)).toFixed(0),
      String(timings[0]?.created ?? 0),
    ]
    return {
      table: [
        ['', 'upload s', 'apply s', 'rows/s', 'node CPU µs/row', 'booked'],
        [
          'COPY + insert, no triggers',
          '',
          median(copied).toFixed(2),
          perSecond(median(copied)),
          '',
          String(rows),
        ],
        [
          'same, without foreign keys',
          '',
          median(unguarded).toFixed(2),
          perSecond(median(unguarded)),
          '',
          String(rows),
        ],
        row('CHRONOS, first import', first),
        row('CHRONOS, same file again', second),
      ],
      checks: [
        {
          what: 'rows per second ÷ COPY',
          value: median(copied) / seconds(first),
          unit: '',
          bound: 'least',
          limit: 0.1,
        },
        {
          what: 'second import ÷ first (time)',
          value: seconds(second) / seconds(first),
          unit: '',
          bound: 'most',
          limit: 1,
        },
        { what: 'peak memory of the process', value: peakMb, unit: 'MB', bound: 'most', limit: 400 },
      ],
      notes: [
        `${(csv.length / 1e6).toFixed(1)} MB; upload is parsing, recognising and categorising, apply is booking with audit and totals.`,
        'COPY goes into a temporary table and from there into transactions and lines, with their indexes and row level security.',
      ],
    }
  },
}

async function importOnce(
  client: ApiClient,
  csv: Uint8Array<ArrayBuffer>,
  accountId: string,
  pid: number,
): Promise<Timing> {
  const cpuBefore = processMs(pid)
  const start = performance.now()
  const created = await client.upload('/imports', 'extrato.csv', csv, { accountId })
  if (created['status'] !== 'ready')
    throw new Error(`the file was not understood: ${JSON.stringify(created).slice(0, 500)}`)
  const uploaded = performance.now()
  const path = `/imports/${String(created['id'])}`
  const answer = await client.send('POST', `${path}/apply`, { accounts: {} })
  let { body } = answer
  while (body['status'] === 'applying') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    body = (await client.send('GET', path)).body
  }
  if (body['status'] !== 'applied') throw new Error(`the import ended as ${String(body['status'])}`)
  return {
    uploadSeconds: (uploaded - start) / 1000,
    applySeconds: (performance.now() - uploaded) / 1000,
    created: Number(body['created']),
    nodeMs: processMs(pid) - cpuBefore,
  }
}

async function dropTriggers({ admin }: BenchDatabase): Promise<void> {
  const { rows } = await admin.query<{ name: string; owner: string }>(
    `select tgname as name, tgrelid::regclass::text as owner from pg_trigger
     where not tgisinternal and tgrelid in ('app.transactions'::regclass, 'app.transaction_lines'::regclass)`,
  )
  for (const { name, owner } of rows) await admin.query(`drop trigger ${name} on ${owner}`)
}

async function dropForeignKeys({ admin }: BenchDatabase): Promise<void> {
  const { rows } = await admin.query<{ name: string; owner: string }>(
    `select conname as name, conrelid::regclass::text as owner from pg_constraint
     where contype = 'f' and conrelid in ('app.transactions'::regclass, 'app.transaction_lines'::regclass)`,
  )
  for (const { name, owner } of rows)
    await admin.query(`alter table ${owner} drop constraint ${name} cascade`)
}

/** A workspace that has been imported into, and so is as full for COPY as it was for the second import. */
async function copyTarget({ admin, appUrl }: BenchDatabase): Promise<CopyTarget> {
  const { rows } = await admin.query<{ tenant_id: string; id: string }>(
    'select tenant_id, id from app.accounts order by created_at desc limit 1',
  )
  const account = rows[0]
  const categories = await admin.query<{ id: string }>(
    'select id from app.categories where tenant_id = $1 limit 24',
    [account?.tenant_id],
  )
  return {
    appUrl,
    tenantId: account?.tenant_id ?? '',
    accountId: account?.id ?? '',
    categoryIds: categories.rows.map(({ id }) => id),
  }
}
