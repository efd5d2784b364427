/** What config.ts reads of a Citus cluster, for migrations alone: everybody else knows the coordinator only. */
import { z } from 'zod'

const ADDRESS = /^([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?$/i

export const CLUSTER_VARIABLES = {
  CITUS_WORKERS: z.string().trim().default(''),
  CITUS_COORDINATOR: z.string().trim().default(''),
}

export interface ClusterConfig {
  /** As the workers reach it. */
  coordinator: string
  workers: string[]
}

/** Addresses between commas. */
export function workersOf(text: string): string[] {
  return text
    .split(',')
    .map((worker) => worker.trim())
    .filter((worker) => worker !== '')
}

const Variables = z.object(CLUSTER_VARIABLES)

/**
 * @param server address of the coordinator as this process reaches it
 * @returns undefined on one server
 * @throws Error for what is no address, and without a superuser, who alone can join servers
 */
export function clusterOf(
  env: z.infer<typeof Variables>,
  server: string,
  adminUrl: string | undefined,
): ClusterConfig | undefined {
  const workers = workersOf(env.CITUS_WORKERS)
  if (workers.length === 0) return undefined
  const coordinator = env.CITUS_COORDINATOR || new URL(server).host
  const wrong = [...workers, coordinator].find((address) => !ADDRESS.test(address))
  if (wrong !== undefined) throw new Error(`CITUS_WORKERS: ${wrong} is no address, as worker1:5432`)
  if (adminUrl === undefined)
    throw new Error('CITUS_WORKERS needs DATABASE_ADMIN_URL: a superuser joins the servers.')
  return { coordinator, workers }
}
