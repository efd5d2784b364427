/**
 * What figure `cache` asks: reads as the product's own modules do them, asked of PostgreSQL by one application, and out
 * of Redis by another. `GET /<read>/<asked|kept>?tenant=…&session=…`. The row of settings is kept by this program alone,
 * in the product's way, to see what it would save.
 */
import { fastify } from 'fastify'
import { readConfig } from '../../backend/src/config.ts'
import { createContext, type AppContext } from '../../backend/src/context.ts'
import { listCategories } from '../../backend/src/modules/categories/categories.queries.ts'
import { findSession } from '../../backend/src/modules/identity/identity.queries.ts'
import { getStanding } from '../../backend/src/modules/identity/membership.service.ts'
import { getCaller } from '../../backend/src/modules/identity/sessions.service.ts'
import { summaryFlows } from '../../backend/src/modules/reports/reports.queries.ts'
import { summaryRange } from '../../backend/src/modules/reports/reports.rules.ts'
import { findWorkspace } from '../../backend/src/modules/workspace/workspace.queries.ts'
import { SYSTEM, type Tenant } from '../../backend/src/platform/tenancy.ts'

const { REDIS_URL: redisUrl, FROM: from = '', TO: to = '', PORT: port, ...environment } = process.env
const contexts: Readonly<Record<string, AppContext>> = {
  asked: await createContext(readConfig(environment)),
  kept: await createContext(readConfig({ ...environment, REDIS_URL: redisUrl })),
}
const range = summaryRange(from, to)

interface Asked {
  context: AppContext
  tenant: Tenant
  session: string
  isKept: boolean
}

const READS: Readonly<Record<string, (asked: Asked) => Promise<unknown>>> = {
  async permissions({ context, session: id, isKept }) {
    if (isKept) return getCaller(context, id)
    const session = await findSession(context.control, id)
    if (!session) throw new Error('no such session')
    const { identity_id: identityId, tenant_id: tenantId, user_id: userId } = session
    return getStanding(context, { identityId, tenantId, userId })
  },
  tree: ({ tenant }) => listCategories(tenant, 500, undefined),
  summary: ({ tenant }) => summaryFlows(tenant, range),
  settings: ({ tenant, isKept }) =>
    isKept
      ? tenant.readKept({
          key: 'bench',
          revision: {
            name: 'bench.revision',
            text: 'select version::text as revision from app.tenants where tenant_id = $1',
            values: [tenant.id],
          },
          statement: {
            text: 'select to_jsonb(t) from app.tenants t where tenant_id = $1',
            values: [tenant.id],
          },
        })
      : findWorkspace(tenant),
}

const app = fastify()
app.get('/', () => ({ ready: true }))
app.get<{ Params: { name: string; way: string }; Querystring: { tenant: string; session: string } }>(
  '/:name/:way',
  async ({ params: { name, way }, query: { tenant: tenantId, session } }) => {
    const [context, read] = [contexts[way], READS[name]]
    if (!context || !read) throw new Error(`nothing is measured at /${name}/${way}`)
    const tenant = context.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    return { answer: await read({ context, tenant, session, isKept: way === 'kept' }) }
  },
)

await app.listen({ host: '127.0.0.1', port: Number(port) })

// An ordinary end, so that a profile is written.
process.once('SIGTERM', () => process.exit(0))
