/**
 * Prometheus, with deploy/monitoring's configuration, scrapes an API and a worker as production runs them: both are up, each
 * rule evaluates, and whatever a rule or a panel names has data, but for what is named here with its reason.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../../../scripts/ports.ts'
import { endWithThisProcess } from '../../../scripts/reaper.ts'
import { createTestDatabase, type TestDatabase } from '../database.ts'
import { environmentOf, startProcess, type TestProcess } from '../processes.ts'
import { startTestRedis, type TestRedis } from '../redis-server.ts'

const MONITORING = path.join(import.meta.dirname, '../../../deploy/monitoring')
const TOKEN = 'metrics-token-of-tests-0123456789abcdef'
const WAIT = { timeout: 60_000, interval: 250 }

/** Selectors without data on a server where all is well. */
const EMPTY: Readonly<Record<string, string>> = {
  'chronos_http_requests_total{status=~"5.."}': 'nothing has failed',
}

interface Rule {
  name: string
  health: string
  lastError?: string
  query: string
}
interface Answer<T> {
  status: string
  error?: string
  data: T
}

const panels = globSync('grafana/dashboards/*.json', { cwd: MONITORING }).flatMap((file) => {
  const { uid, panels: of } = JSON.parse(readFileSync(path.join(MONITORING, file), 'utf8')) as {
    uid: string
    panels: { title: string; targets: { expr: string }[] }[]
  }
  return of.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [`${uid}: ${title}`, expr] as [name: string, expr: string]),
  )
})
const ruleExpressions = globSync('prometheus/rules/*.yml', { cwd: MONITORING }).flatMap((file) =>
  (
    parse(readFileSync(path.join(MONITORING, file), 'utf8')) as {
      groups: { rules: { alert?: string; record?: string; expr: string }[] }[]
    }
  ).groups.flatMap(({ rules }) =>
    rules.map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as [name: string, expr: string]),
  ),
)

let folder: string
let database: TestDatabase
let redis: TestRedis
let processes: TestProcess[] = []
let prometheus: ChildProcess
let address: string

async function ask<T>(query: string): Promise<Answer<T>> {
  return (await (await fetch(`${address}/api/v1/${query}`)).json()) as Answer<T>
}

/** How many series an expression gives now. @throws where Prometheus refuses it */
async function count(expression: string): Promise<number> {
  const answer = await ask<{ result: unknown[] }>(`query?query=${encodeURIComponent(expression)}`)
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`)
  return answer.data.result.length
}

/** The configuration as it stands, on this machine's addresses and by the second. */
function configure(api: number, worker: number): string {
  cpSync(path.join(MONITORING, 'prometheus'), folder, { recursive: true })
  const file = path.join(folder, 'prometheus.yml')
  writeFileSync(path.join(folder, 'METRICS_TOKEN'), TOKEN)
  const text = readFileSync(file, 'utf8')
    .replaceAll('/etc/prometheus', folder)
    .replaceAll('/run/chronos/monitoring', folder)
    .replaceAll('15s', '1s')
    .replace(/dns_sd_configs: \[.*port: 3001.*/, `static_configs: [{ targets: ['127.0.0.1:${api}'] }]`)
    .replace(/dns_sd_configs: \[.*port: 3002.*/, `static_configs: [{ targets: ['127.0.0.1:${worker}'] }]`)
  writeFileSync(file, text)
  return file
}

async function traffic(api: number): Promise<void> {
  const url = `http://127.0.0.1:${api}/api/v1`
  const headers = { 'content-type': 'application/json' }
  for (let turn = 0; turn < 5; turn += 1) {
    await fetch(`${url}/me`)
    await fetch(`${url}/webhooks/whatsapp`, { method: 'POST', headers, body: '{}' })
  }
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-prometheus-'))
  database = await createTestDatabase(inject('adminUrl'))
  await database.admin.query(
    `insert into control.backup_runs (at, id, ok, name, row_count, size_bytes, duration_ms, copied)
     values (now(), gen_random_uuid(), true, 'chronos-x', 10, 4096, 1500, false)`,
  )
  await database.admin.query(
    `insert into control.registered_tenants (tenant_id, name, plan_id, status, overrides, usage, created_at)
     select gen_random_uuid(), 'Casa', id, 'active', '{"limits": {}, "features": {}}', '{}', now()
     from control.plans where is_default`,
  )
  await database.admin.query("select control.enqueue('audit', null, null, null)")
  redis = await startTestRedis()
  const [api, worker, port] = [await freePort(), await freePort(), await freePort()]
  const env = { ...environmentOf(database, redis.url), METRICS_TOKEN: TOKEN }
  const apiProcess = startProcess('server.ts', { ...env, API_PORT: String(api) })
  const workerProcess = startProcess('worker.ts', { ...env, WORKER_PORT: String(worker) })
  processes = [apiProcess, workerProcess]
  await apiProcess.says('listening')
  await workerProcess.says('worker is waiting for jobs')
  const args = [`--config.file=${configure(api, worker)}`, `--storage.tsdb.path=${path.join(folder, 'data')}`]
  prometheus = spawn(
    process.env['PROMETHEUS_PATH'] ?? 'prometheus',
    [...args, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  )
  if (prometheus.pid !== undefined) endWithThisProcess(prometheus.pid, 'TERM')
  address = `http://127.0.0.1:${port}`
  await vi.waitFor(async () => expect(await count('up == 1')).toBe(2), WAIT)
  await traffic(api)
  // A rate needs two points, the second of them after the traffic.
  await vi.waitFor(
    async () => expect(await count('sum(rate(chronos_http_requests_total[1m])) > 0')).toBe(1),
    WAIT,
  )
})
afterAll(async () => {
  prometheus.kill()
  await once(prometheus, 'exit')
  await Promise.all(processes.map((each) => each.end()))
  await redis.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

describe('Prometheus, with the configuration of production', () => {
  it('reaches API and worker by the token', async () => {
    const { data } = await ask<{ activeTargets: { labels: { job: string }; health: string }[] }>('targets')
    expect(data.activeTargets.map(({ labels, health }) => [labels.job, health]).sort()).toEqual([
      ['chronos-api', 'up'],
      ['chronos-worker', 'up'],
    ])
  })

  it('evaluates every rule without an error, and none alarms', async () => {
    const rules = async (): Promise<Rule[]> =>
      (await ask<{ groups: { rules: Rule[] }[] }>('rules')).data.groups.flatMap((group) => group.rules)
    await vi.waitFor(async () => {
      for (const rule of await rules()) expect(rule.health, rule.name).not.toBe('unknown')
    }, WAIT)
    const all = await rules()
    expect(all).toHaveLength(ruleExpressions.length)
    expect(all.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(await count('ALERTS{alertstate="firing"}')).toBe(0)
  })

  it.each([...ruleExpressions, ...panels])('%s: all that it names has data', async (_name, expression) => {
    await count(expression)
    for (const selector of selectorsOf(expression))
      if (EMPTY[selector] === undefined)
        await vi.waitFor(
          async () => expect([selector, await count(selector)]).not.toEqual([selector, 0]),
          WAIT,
        )
  })

  it.each(panels)('%s shows something', async (_name, expression) => {
    const isEmpty = selectorsOf(expression).some((selector) => EMPTY[selector] !== undefined)
    await vi.waitFor(async () => expect((await count(expression)) > 0).toBe(!isEmpty), WAIT)
  })
})

/** Names with their labels, without ranges. */
function selectorsOf(expression: string): string[] {
  return [...expression.matchAll(/\b(?:up|(?:chronos|nodejs|process)[\w:]+)(?:\{[^}]*\})?/g)].map(
    ([selector]) => selector,
  )
}
