/** `GET /reports/summary` of twelve months: read from the monthly totals, so the size of the ledger must not matter. */
import path from 'node:path'
import type { Figure } from './lab/figure.ts'
import { manySessions, type Session } from './lab/client.ts'
import { interleave, pairedRatio, tableOf, type Target } from './lab/rounds.ts'
import { seedLedgers } from './lab/seed.ts'
import { median } from './lab/statistics.ts'

const SOURCE = path.join(import.meta.dirname, 'lab', 'list-source.ts')

export const summary: Figure = {
  name: 'summary',
  title: 'Summary of twelve months, one request at a time',
  async run(lab) {
    const sizes = lab.quick ? [10_000, 100_000] : [10_000, 1_000_000]
    const [small = 0, large = 0] = sizes
    const database = await lab.database(`summary_${large}`, async (fresh) => {
      const api = await lab.startApi(fresh, { roles: 'api' })
      const sessions = await manySessions(api, sizes.length)
      await api.stop()
      for (const [index, { tenantId }] of sessions.entries())
        await seedLedgers(fresh, { tenantIds: [tenantId], transactionsEach: sizes[index] ?? 0 })
    })
    // Without Redis no answer is kept: what is measured is the report, and `cache` says what keeping it saves.
    const api = await lab.startApi(database, { roles: 'api', env: { REDIS_URL: '' } })
    const sessions = await manySessions(api, sizes.length)
    const request = lastTwelveMonths(new Date())
    const target = (size: number, session: Session | undefined): Target => ({
      name: `${size.toLocaleString('en')} transactions`,
      nodePids: [api.pid],
      plan: {
        port: api.port,
        connections: 1,
        seconds: 1,
        source: SOURCE,
        options: {
          requests: [{ path: request, headers: { authorization: `Bearer ${session?.accessToken ?? ''}` } }],
        },
      },
    })
    const [few, many] = [target(small, sessions[0]), target(large, sessions[1])]
    const results = await interleave([few, many], lab.servers, lab.quick ? 3 : 9)
    await api.stop()
    return {
      table: tableOf(results),
      checks: [
        {
          what: `median time with ${many.name}`,
          value: median((results.get(many.name) ?? []).map(({ p50Ms }) => p50Ms)),
          unit: 'ms',
          bound: 'most',
          limit: 10,
        },
        {
          what: `time with ${many.name} ÷ with ${few.name}`,
          value: pairedRatio(results, many.name, few.name, ({ p50Ms }) => p50Ms),
          unit: '',
          bound: 'most',
          limit: 1.5,
        },
      ],
      notes: [`${request}; both workspaces have the same accounts, categories and months.`],
    }
  },
}

function lastTwelveMonths(now: Date): string {
  const month = (back: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7)
  return `/api/v1/reports/summary?from=${month(11)}&to=${month(0)}`
}
