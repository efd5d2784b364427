/** `GET /transactions?limit=50`, signed in, against a handler that does nothing but ask the same of the database. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Figure } from './lab/figure.ts'
import { emailOf, manySessions } from './lab/client.ts'
import type { ListSourceOptions } from './lab/list-source.ts'
import { recordStatements } from './lab/record-statements.ts'
import { interleave, pairedRatio, tableOf, type Target } from './lab/rounds.ts'
import { seedLedgers } from './lab/seed.ts'

const PATH = '/api/v1/transactions?limit=50'
const SOURCE = path.join(import.meta.dirname, 'lab', 'list-source.ts')

export const list: Figure = {
  name: 'list',
  title: 'The 50 newest transactions, signed in, 16 connections',
  async run(lab) {
    const [tenants, each] = lab.quick ? [20, 2_000] : [100, 10_000]
    const database = await lab.database(`list_${tenants}x${each}`, async (fresh) => {
      const api = await lab.startApi(fresh, { roles: 'api' })
      const tenantIds = (await manySessions(api, tenants)).map(({ tenantId }) => tenantId)
      await api.stop()
      await seedLedgers(fresh, { tenantIds, transactionsEach: each })
    })
    const api = await lab.startApi(database, { roles: 'api' })
    const sessions = await manySessions(api, tenants)
    const statements = await recordStatements(database, emailOf(0), PATH)
    const file = path.join(lab.folder, 'statements.json')
    writeFileSync(file, JSON.stringify(statements))
    const bareEnv = { STATEMENTS: file, TENANT: sessions[0]?.tenantId ?? '' }
    const plain = await lab.startBare('list-server.ts', {
      ...bareEnv,
      MODE: 'plain',
      DATABASE_URL: database.adminUrl,
    })
    const context = await lab.startBare('list-server.ts', {
      ...bareEnv,
      MODE: 'context',
      DATABASE_URL: database.appUrl,
    })
    const seconds = 1
    const target = (name: string, port: number, pid: number, options: ListSourceOptions): Target => ({
      name,
      nodePids: [pid],
      plan: { port, connections: 16, seconds, source: SOURCE, options },
    })
    const bareRequests = sessions.map(({ tenantId }) => ({
      path: `/transactions?tenant=${tenantId}`,
      headers: {},
    }))
    const results = await interleave(
      [
        target('bare', plain.port, plain.pid, { requests: bareRequests }),
        target('bare + tenant context and RLS', context.port, context.pid, { requests: bareRequests }),
        target('CHRONOS', api.port, api.pid, {
          requests: sessions.map(({ accessToken }) => ({
            path: PATH,
            headers: { authorization: `Bearer ${accessToken}` },
          })),
        }),
      ],
      lab.servers,
      lab.quick ? 5 : 15,
    )
    for (const server of [plain, context, api]) await server.stop()
    const ratio = (value: Parameters<typeof pairedRatio>[3]): number =>
      pairedRatio(results, 'CHRONOS', 'bare', value)
    return {
      table: tableOf(results),
      checks: [
        {
          what: 'CPU per request ÷ bare',
          value: ratio((one) => one.totalMs),
          unit: '',
          bound: 'most',
          limit: 1.5,
        },
        {
          what: 'requests per second ÷ bare',
          value: ratio((one) => one.perSecond),
          unit: '',
          bound: 'least',
          limit: 0.7,
        },
      ],
      notes: [
        `${tenants} workspaces with ${each.toLocaleString('en')} transactions each, a random one per request; sessions in ${lab.store}.`,
        `The bare handler sends the same ${statements.length} statement(s), pipelined, as superuser; CPU is that of node, PostgreSQL and Redis together.`,
      ],
    }
  },
}
