/** deploy/monitoring is held to what the app serves: expressions parse, their series and labels exist, runbooks too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { createHarness, type Harness } from './harness.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const MONITORING = path.join(ROOT, 'deploy/monitoring')
const TOKEN = 'metrics-token-of-tests-0123456789abcdef'

interface Rule {
  alert?: string
  record?: string
  expr: string
  labels?: { severity?: string }
  annotations?: { summary?: string; runbook_url?: string }
}

const rules = readdirSync(path.join(MONITORING, 'prometheus/rules')).flatMap((name) => {
  const text = readFileSync(path.join(MONITORING, 'prometheus/rules', name), 'utf8')
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)
})
const alerts = rules.filter((rule) => rule.alert !== undefined)

interface Dashboard {
  uid: string
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

const dashboards = readdirSync(path.join(MONITORING, 'grafana/dashboards')).map((name) => {
  const text = readFileSync(path.join(MONITORING, 'grafana/dashboards', name), 'utf8')
  return JSON.parse(text) as Dashboard
})

const expressions = [
  ...rules.map((rule) => [rule.alert ?? rule.record ?? '', rule.expr] as const),
  ...dashboards.flatMap(({ uid, panels }) =>
    panels.flatMap((panel) => panel.targets.map(({ expr }) => [`${uid}: ${panel.title}`, expr] as const)),
  ),
]

interface Read {
  errors: string[]
  series: string[]
  /** What selects within series: `label` or `label="value"`, the latter for equality alone. */
  labels: [label: string, value: string | null][]
}

/** What an expression of PromQL names. */
function read(expression: string): Read {
  const found: Read = { errors: [], series: [], labels: [] }
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to)
      if (node.type.isError)
        found.errors.push(`at ${node.from}: ${expression.slice(node.from, node.from + 20)}`)
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') found.series.push(text)
      if (node.name === 'UnquotedLabelMatcher') {
        const [, label = '', operator, value = ''] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(text) ?? []
        found.labels.push([label, operator === '=' ? value : null])
      }
      if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels')
        found.labels.push([text, null])
    },
  })
  return found
}

/** Given by Prometheus itself. */
const OF_PROMETHEUS = new Map([
  ['job', ['chronos-api', 'chronos-worker']],
  ['instance', []],
])

let harness: Harness
const served = new Set(['up', ...rules.flatMap((rule) => rule.record ?? [])])
const labels = new Map<string, Set<string>>()

beforeAll(async () => {
  harness = await createHarness({ environment: { METRICS_TOKEN: TOKEN } })
  await harness.database.admin.query(
    `insert into control.backup_runs (at, id, ok, name, row_count, size_bytes, duration_ms, copied)
     values (now(), gen_random_uuid(), true, 'chronos-x', 10, 4096, 1500, false)`,
  )
  await harness.signUp()
  await harness.startJobs()
  await harness.context.control.query("select control.enqueue('audit', null, null, null)")
  const scrape = async (): Promise<string> =>
    (await harness.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })).body
  await vi.waitFor(
    async () => expect(await scrape()).toMatch(/chronos_job_wait_seconds_count\{queue="audit"\}/),
    { timeout: 15_000, interval: 50 },
  )
  // The collector may not have run in so young a process.
  served.add('nodejs_gc_duration_seconds_sum')
  labels.set('kind', new Set())
  for (const line of (await scrape()).split('\n')) {
    const [, name = '', inside = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? []
    if (name !== '') served.add(name)
    for (const [, label = '', value = ''] of inside.matchAll(/(\w+)="([^"]*)"/g))
      labels.set(label, (labels.get(label) ?? new Set()).add(value))
  }
})
afterAll(() => harness.close())

describe('rules and dashboards', () => {
  it.each(expressions)('%s is an expression of PromQL', (_name, expression) => {
    const { errors, series } = read(expression)
    expect(errors).toEqual([])
    expect(series.length).toBeGreaterThan(0)
  })

  it.each(expressions)('%s names series and labels that the app serves', (_name, expression) => {
    const { series, labels: named } = read(expression)
    expect(series.filter((name) => !served.has(name))).toEqual([])
    const unknown = named.filter(([label, value]) => {
      const values = OF_PROMETHEUS.get(label) ?? labels.get(label)
      return values === undefined || (value !== null && ![...values].includes(value))
    })
    expect(unknown).toEqual([])
  })

  it('the reader of expressions sees what is wrong', () => {
    expect(read('sum(rate(chronos_http_requests_total[5m])').errors).not.toEqual([])
    expect(read('max by (queue) (chronos_queue_waitin{state="x"})')).toMatchObject({
      series: ['chronos_queue_waitin'],
      labels: [
        ['queue', null],
        ['state', 'x'],
      ],
    })
  })
})

describe('alerts', () => {
  it('have each a severity, a sentence and a runbook that exists and names it', () => {
    expect(alerts.length).toBeGreaterThan(15)
    for (const { alert, labels: given, annotations } of alerts) {
      expect(['page', 'ticket'], alert).toContain(given?.severity)
      expect(annotations?.summary, alert).toMatch(/\w/)
      const runbook = path.join(ROOT, annotations?.runbook_url ?? 'none')
      expect(existsSync(runbook), `${alert}: ${runbook}`).toBe(true)
      expect(readFileSync(runbook, 'utf8'), `${alert} in ${runbook}`).toContain(`\`${alert}\``)
    }
  })

  it('are what the service objectives name', () => {
    const text = readFileSync(path.join(ROOT, 'docs/service-objectives.md'), 'utf8')
    expect(alerts.filter(({ alert }) => !text.includes(`\`${alert}\``)).map(({ alert }) => alert)).toEqual([])
  })
})

it('each panel of a dashboard has a number of its own', () => {
  for (const { panels } of dashboards) expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})
