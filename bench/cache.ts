/** What keeping a read saves: its processor time when it is asked of PostgreSQL, beside the same out of Redis. */
import path from 'node:path'
import { manySessions, type Session } from './lab/client.ts'
import { SkippedError, type Check, type Figure } from './lab/figure.ts'
import { interleave, pairedRatio, tableOf, type Target } from './lab/rounds.ts'
import { seedLedgers } from './lab/seed.ts'

const SOURCE = path.join(import.meta.dirname, 'lab', 'list-source.ts')
/** The most that a read may cost out of Redis, by what it costs without; null: not kept, and shown for that. */
const READS: Readonly<Record<string, number | null>> = {
  permissions: 0.25,
  tree: 0.9,
  summary: 0.6,
  settings: null,
}

export const cache: Figure = {
  name: 'cache',
  title: 'Reads asked of PostgreSQL, and kept in Redis',
  async run(lab) {
    if (lab.servers.redisPid === null) throw new SkippedError('redis-server is not installed')
    const [tenants, each] = lab.quick ? [10, 1_000] : [20, 10_000]
    const database = await lab.database(`cache_${tenants}x${each}`, async (fresh) => {
      const api = await lab.startApi(fresh, { roles: 'api' })
      const tenantIds = (await manySessions(api, tenants)).map(({ tenantId }) => tenantId)
      await api.stop()
      await seedLedgers(fresh, { tenantIds, transactionsEach: each })
    })
    const api = await lab.startApi(database, { roles: 'api' })
    const sessions = await manySessions(api, tenants)
    await api.stop()
    const server = await lab.startBare('cache-server.ts', {
      ...lab.environmentOf(database),
      ...lastTwelveMonths(new Date()),
    })
    const target = (name: string, way: string): Target => ({
      name: `${name}, ${way}`,
      nodePids: [server.pid],
      plan: {
        port: server.port,
        connections: 16,
        seconds: 2,
        source: SOURCE,
        options: {
          requests: sessions.map((session) => ({
            path: `/${name}/${way}?tenant=${session.tenantId}&session=${sessionIdOf(session)}`,
            headers: {},
          })),
        },
      },
    })
    const targets = Object.keys(READS).flatMap((name) => [target(name, 'asked'), target(name, 'kept')])
    const results = await interleave(targets, lab.servers, lab.quick ? 3 : 9)
    await server.stop()
    const ratio = (name: string): number =>
      pairedRatio(results, `${name}, kept`, `${name}, asked`, ({ totalMs }) => totalMs)
    const checks = Object.entries(READS).flatMap(([name, limit]): Check[] =>
      limit === null
        ? []
        : [{ what: `CPU of ${name}, kept ÷ asked`, value: ratio(name), unit: '', bound: 'most', limit }],
    )
    return {
      table: tableOf(results),
      checks,
      notes: [
        `${tenants} workspaces with ${each.toLocaleString('en')} transactions each, a random one per request; kept in ${lab.store}. The functions of the product, behind a handler that does nothing else.`,
        `Settings are not kept: out of Redis they would cost ${ratio('settings').toFixed(2)} times what they cost (docs/decisions/0012).`,
      ],
    }
  },
}

function sessionIdOf({ accessToken }: Session): string {
  const claims = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(claims) as { sid: string }).sid
}

function lastTwelveMonths(now: Date): { FROM: string; TO: string } {
  const month = (back: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7)
  return { FROM: month(11), TO: month(0) }
}
