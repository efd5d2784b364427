/**
 * Targets side by side: interleaved rounds, the order reversed from one to the next, so that whatever else the
 * machine does meets all of them. Ratios are taken within a round, and the median of those counts.
 */
import { load } from './load.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import { familyMs, processMs } from './processor-time.ts'
import { median } from './statistics.ts'

const WARM_REQUESTS = 3000

export interface Target {
  name: string
  plan: LoadPlan
  /** Processes whose work counts for this target. */
  nodePids: readonly number[]
}

export interface Servers {
  postgresPid: number
  redisPid: number | null
}

/** Processor time in milliseconds per request. */
export interface Measured extends LoadResult {
  nodeMs: number
  postgresMs: number
  redisMs: number
  totalMs: number
}

export async function measure(target: Target, servers: Servers): Promise<Measured> {
  const read = (): { node: number; postgres: number; redis: number } => ({
    node: target.nodePids.reduce((sum, pid) => sum + processMs(pid), 0),
    postgres: familyMs(servers.postgresPid),
    redis: servers.redisPid === null ? 0 : processMs(servers.redisPid),
  })
  const before = read()
  const result = await load(target.plan)
  const after = read()
  if (result.failed > 0)
    throw new Error(`${target.name}: ${result.failed} requests failed.\n${result.firstFailure}`)
  const [nodeMs, postgresMs, redisMs] = [
    (after.node - before.node) / result.ok,
    (after.postgres - before.postgres) / result.ok,
    (after.redis - before.redis) / result.ok,
  ]
  return { ...result, nodeMs, postgresMs, redisMs, totalMs: nodeMs + postgresMs + redisMs }
}

/** Enough requests for the compiler to have seen them, however slow the machine is just now. */
async function warmUp({ plan }: Target): Promise<void> {
  let count = 0
  for (let attempt = 0; attempt < 8 && count < WARM_REQUESTS; attempt += 1)
    count += (await load({ ...plan, seconds: 2 })).ok
}

/** @returns for each target its rounds, in the order in which they ran */
export async function interleave(
  targets: readonly Target[],
  servers: Servers,
  rounds: number,
): Promise<Map<string, Measured[]>> {
  const results = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]))
  for (const target of targets) await warmUp(target)
  for (let round = 0; round < rounds; round += 1) {
    for (const target of round % 2 === 0 ? targets : targets.toReversed())
      results.get(target.name)?.push(await measure(target, servers))
  }
  return results
}

/** The median over rounds of `value(subject) / value(base)`. */
export function pairedRatio(
  results: ReadonlyMap<string, Measured[]>,
  subject: string,
  base: string,
  value: (measured: Measured) => number,
): number {
  const bases = results.get(base) ?? []
  const ratios = (results.get(subject) ?? []).flatMap((measured, round) => {
    const other = bases[round]
    return other ? [value(measured) / value(other)] : []
  })
  return median(ratios)
}

/** A row per target, with medians. */
export function tableOf(results: ReadonlyMap<string, Measured[]>): string[][] {
  const rows = [['', 'req/s', 'CPU ms/req', 'node', 'PostgreSQL', 'Redis', 'p50 ms', 'p99 ms', 'body bytes']]
  for (const [name, measured] of results) {
    const middle = (value: (each: Measured) => number, digits: number): string =>
      median(measured.map(value)).toFixed(digits)
    rows.push([
      name,
      middle((each) => each.perSecond, 0),
      middle((each) => each.totalMs, 3),
      middle((each) => each.nodeMs, 3),
      middle((each) => each.postgresMs, 3),
      middle((each) => each.redisMs, 3),
      middle((each) => each.p50Ms, 2),
      middle((each) => each.p99Ms, 2),
      middle((each) => each.bodyBytes, 0),
    ])
  }
  return rows
}
