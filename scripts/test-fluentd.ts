// `make test-fluentd`: deploy/fluentd on the real Fluentd. The grammar of each LOG_OUTPUT first; then lines of every kind go
// in by Docker's own driver, and are looked for in what was written. FLUENTD_IMAGE names an image of the stage `files` that
// is built already, which alone is tried then.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from './env-file.ts'
import { needsEngine } from './needs.ts'

needsEngine()

const GIVEN = process.env['FLUENTD_IMAGE'] ?? ''
const OUTPUTS = GIVEN === '' ? ['files', 's3', 'elasticsearch'] : ['files']
const SENDER = process.env['SENDER_IMAGE'] || 'debian:bookworm-slim'
const NAME = `chronos-test-fluentd-${process.pid}`
const WAIT_MS = 60_000

function docker(args: string[], allowFailure = false): string {
  const result = spawnSync('docker', args, { encoding: 'utf8' })
  if (result.status !== 0 && !allowFailure)
    throw new Error(`docker ${args.join(' ')}: ${result.stderr}${result.stdout}`)
  return `${result.stdout}${result.stderr}`
}

interface Sent {
  service: string
  line: string
  /** What the record that comes out must hold. */
  wanted: Record<string, unknown>
}

const JSON_LINE = {
  ...{ level: 30, time: 1_795_733_360_937, msg: 'request', route: '/api/v1/me', n: { password: 'hunter22' } },
  ...{
    authorization: 'Bearer abcdefgh12345678',
    note: 'from ana@example.com, https://x.example/?token=s3cret',
  },
}
const SENT: Sent[] = [
  {
    service: 'backend',
    line: JSON.stringify(JSON_LINE),
    wanted: {
      ...{ msg: 'request', route: '/api/v1/me', n: { password: '[redacted]' }, authorization: '[redacted]' },
      note: 'from [e-mail], https://x.example/?token=[redacted]',
    },
  },
  // Each part has a filter that names it: what has been left out stays text.
  ...['webhook', 'events', 'frontend', 'migrate', 'secrets', 'backup', 'maintenance', 'acme'].map(
    (service) => ({
      service,
      line: JSON.stringify({ level: 30, msg: `of ${service}` }),
      wanted: { level: 30, msg: `of ${service}` },
    }),
  ),
  ...['citus-worker1', 'citus-worker2'].map((service) => ({
    service,
    line: '2026-11-27 06:51:31.104 UTC [31] LOG:  database system is ready to accept connections',
    wanted: { level: 'LOG', pid: '31', msg: 'database system is ready to accept connections' },
  })),
  { service: 'worker', line: 'no JSON at all', wanted: { log: 'no JSON at all' } },
  { service: 'worker', line: '42', wanted: { log: '42' } },
  {
    service: 'nginx',
    line: '2026/11/26 22:37:35 [warn] 7#7: *1 a client request body is buffered',
    wanted: { level: 'warn', msg: '*1 a client request body is buffered' },
  },
  {
    service: 'nginx',
    line: '{"time":"2026-11-26T22:37:35+00:00","service":"nginx","status":200}',
    wanted: { status: 200 },
  },
  {
    service: 'postgres',
    line: '2026-11-26 22:37:35.268 UTC [24] ERROR:  duplicate key: (email)=(ana@example.com)',
    wanted: { level: 'ERROR', pid: '24', msg: 'duplicate key: (email)=([e-mail])' },
  },
  {
    service: 'redis',
    line: '1:M 26 Nov 2026 22:31:01.754 * Ready to accept connections',
    wanted: { role: 'M', msg: 'Ready to accept connections' },
  },
]

function imageOf(output: string): string {
  if (GIVEN !== '') return GIVEN
  const image = `chronos-fluentd-test:${output}`
  docker(['build', '-f', 'deploy/fluentd/Dockerfile', '--target', output, '-t', image, ROOT])
  return image
}

/** What Fluentd has against the configuration; '' where it takes it without a word. */
function grammar(output: string): string {
  const secrets = mkdtempSync(path.join(tmpdir(), 'chronos-logs-'))
  try {
    for (const name of ['LOG_S3_SECRET_KEY', 'LOG_ELASTICSEARCH_PASSWORD'])
      writeFileSync(path.join(secrets, name), 'of nobody', { mode: 0o644 })
    spawnSync('chmod', ['755', secrets])
    const said = docker([
      ...['run', '--rm', '-v', `${secrets}:/run/chronos/logs:ro`, '-e', 'LOG_S3_BUCKET=logs'],
      ...['-e', 'LOG_ELASTICSEARCH_URL=http://127.0.0.1:9200', '-e', 'LOG_ELASTICSEARCH_USER=chronos'],
      ...[imageOf(output), 'fluentd', '--dry-run', '-c', '/fluentd/etc/fluent.conf'],
    ])
    return /\[(warn|error)\]/.test(said) ? said : ''
  } finally {
    rmSync(secrets, { recursive: true, force: true })
  }
}

function check(): string[] {
  for (const output of OUTPUTS) {
    const said = grammar(output)
    if (said !== '') return [`LOG_OUTPUT=${output}: fluentd --dry-run: ${said}`]
    console.log(`LOG_OUTPUT=${output}: fluentd --dry-run takes it.`)
  }
  docker(['run', '-d', '--name', NAME, '-p', '127.0.0.1::24224', imageOf('files')])
  const listens = ['exec', NAME, 'bash', '-c', '</dev/tcp/127.0.0.1/24224']
  for (const until = Date.now() + WAIT_MS; spawnSync('docker', listens).status !== 0;) {
    if (Date.now() > until) return ['Fluentd does not listen on 24224: its log is above.']
    spawnSync('sleep', ['0.5'])
  }
  const address = docker(['port', NAME, '24224/tcp']).split('\n')[0]?.trim() ?? ''
  for (const { service, line } of SENT)
    docker([
      ...['run', '--rm', '--log-driver', 'fluentd', '--log-opt', `fluentd-address=${address}`],
      ...['--log-opt', `tag=chronos.${service}`],
      ...[SENDER, 'printf', '%s\\n', line],
    ])
  const read = ['exec', NAME, 'sh', '-c', 'cat /fluentd/log/chronos.*.log.gz | gzip -dc']
  const deadline = Date.now() + WAIT_MS
  let records: Record<string, unknown>[] = []
  while (records.length < SENT.length && Date.now() < deadline) {
    spawnSync('sleep', ['1'])
    const text = spawnSync('docker', read, { encoding: 'utf8' }).stdout.trim()
    records = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  }
  const holds = (record: Record<string, unknown>, { service, wanted }: Sent): boolean =>
    record['part'] === service &&
    Object.entries(wanted).every(([name, value]) => JSON.stringify(record[name]) === JSON.stringify(value))
  return SENT.filter((sent) => !records.some((record) => holds(record, sent))).map(
    ({ service, line }) => `of ${service}, as it should be: ${line}`,
  )
}

let missing: string[] = []
try {
  missing = check()
  if (missing.length > 0) console.error(docker(['logs', NAME], true))
} finally {
  docker(['rm', '-f', '-v', NAME], true)
}
for (const problem of missing) console.error(`FAILED ${problem}`)
if (missing.length === 0) console.log(`${SENT.length} lines came out as they should.`)
process.exitCode = missing.length === 0 ? 0 : 1
