// `make test-deploy`: production as it runs (make prod-up), tried from outside with real connections. Ends with 1 where
// something does not hold.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import type { SecureVersion } from 'node:tls'
import { productionPorts, productionStack } from './compose-stack.ts'
import { hostChecks, imageChecks, limitChecks, monitoringChecks } from './deploy-containers.ts'
import { blocksFor, commands } from './docs/markdown.ts'
import { ROOT } from './env-file.ts'
import { needsEngine, needsProduction } from './needs.ts'

needsEngine()
await needsProduction()

const PROJECT = productionStack().project
const { http: HTTP_PORT, https: HTTPS_PORT } = productionPorts()
const SLOW_SOCKETS = 1000
let failures = 0

function check(what: string, holds: boolean, seen: unknown): void {
  if (!holds) failures += 1
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}: ${String(seen)}`)
}

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  rawHeaders: string[]
}

function get(path: string, options: https.RequestOptions & { plain?: boolean } = {}): Promise<Answer> {
  const { plain = false, ...more } = options
  const all = {
    host: '127.0.0.1',
    port: plain ? HTTP_PORT : HTTPS_PORT,
    path,
    rejectUnauthorized: false,
    ...more,
  }
  return new Promise((resolve, reject) => {
    const request = (plain ? http : https).request(all, (answer) => {
      answer.resume()
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, rawHeaders: answer.rawHeaders }),
      )
    })
    request.on('error', reject)
    request.end()
  })
}

function handshake(version: SecureVersion): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: HTTPS_PORT, minVersion: version, maxVersion: version }
    // Node itself refuses old versions at its ordinary security level.
    const socket = tls.connect(
      { ...options, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' },
      () => {
        resolve(socket.getProtocol())
        socket.destroy()
      },
    )
    socket.on('error', () => resolve(null))
  })
}

/** What a raw request gets: the status line, or '' where the connection is closed without one. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: HTTPS_PORT, rejectUnauthorized: false }, () =>
      socket.write(text),
    )
    let all = ''
    socket.on('data', (part) => (all += part.toString('latin1')))
    socket.on('error', () => resolve(all.split('\r\n')[0] ?? ''))
    socket.on('close', () => resolve(all.split('\r\n')[0] ?? ''))
  })
}

const docker = (...args: string[]): string => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim()
const container = (service: string): string =>
  docker(
    'ps',
    '-q',
    '--filter',
    `label=com.docker.compose.project=${PROJECT}`,
    '--filter',
    `label=com.docker.compose.service=${service}`,
  ).split('\n')[0] ?? ''

/** testssl.sh 3.2 and later give a grade; Debian's 3.0 names findings alone. Who signed the certificate is not judged. */
async function gradeTls(): Promise<void> {
  const place = mkdtempSync(path.join(tmpdir(), 'chronos-tls-'))
  const [report, chain] = [path.join(place, 'report.json'), path.join(place, 'chain.pem')]
  writeFileSync(chain, docker('exec', container('nginx'), 'cat', '/certificates/fullchain.pem'))
  const program = process.env['TESTSSL'] || 'testssl'
  const args = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', '127.0.0.1', '--add-ca', chain]
  const run = spawnSync(program, [...args, '--jsonfile', report, `https://localhost:${HTTPS_PORT}`])
  try {
    if (run.error)
      return console.log('       TLS was not graded: apt-get install testssl.sh, or TESTSSL=<its path>')
    const found = JSON.parse(await readFile(report, 'utf8')) as {
      id: string
      severity: string
      finding: string
    }[]
    const grade = found.find(({ id }) => id === 'overall_grade')?.finding
    const grave = found.filter(({ severity }) => /^(MEDIUM|HIGH|CRITICAL)$/.test(severity))
    // A certificate of its own names nobody who could revoke it; compressed is the static page, which holds no secret;
    // the order of ciphers is the client's, since each that is offered is as strong, and phones know which is quicker.
    const judged = grave.filter(({ id }) => !/^cert_|^OCSP|^DNS_CAA|^BREACH|^cipher_order$/.test(id))
    const weak = judged.map(({ id, finding }) => `${id} (${finding})`)
    if (grade !== undefined) check('testssl.sh gives A or better', grade.startsWith('A'), grade)
    check(
      'testssl.sh finds nothing weak',
      found.length > 50 && weak.length === 0,
      weak.join(', ') || 'nothing',
    )
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

const redirect = await get('/accounts?x=1', { plain: true })
check(
  'http leads to https',
  redirect.status === 301 && (redirect.headers.location ?? '').startsWith('https:'),
  redirect.status,
)
check('the API is refused over http', (await get('/api/v1/me', { plain: true })).status === 403, 403)
for (const version of ['TLSv1', 'TLSv1.1'] as const) {
  const got = await handshake(version)
  check(`${version} is refused`, got === null, got)
}
for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const got = await handshake(version)
  check(`${version} is spoken`, got === version, got)
}
for (const path of ['/', '/api/v1/me']) {
  const { rawHeaders } = await get(path)
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  for (const name of [
    'content-security-policy',
    'strict-transport-security',
    'x-content-type-options',
    'x-frame-options',
  ]) {
    const times = names.filter((each) => each === name).length
    check(`${path} has ${name} once`, times === 1, times)
  }
}
for (const path of ['/.git/config', '/.env', '/package.json']) {
  const { headers } = await get(path)
  check(
    `${path} is no file`,
    String(headers['content-type']).startsWith('text/html'),
    headers['content-type'],
  )
}
const both =
  'POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
const twice = 'POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'
const strange = 'POST /api/v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'
for (const [what, text] of Object.entries({
  'two kinds of length': both,
  'two lengths': twice,
  'an unknown coding': strange,
})) {
  const line = await raw(text)
  check(`${what} is refused`, / (400|501) /.test(line), line)
}

// All of them hold a request that never ends, while somebody else is served.
const slow = Array.from({ length: SLOW_SOCKETS }, () => {
  const socket = net.connect(HTTP_PORT, '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '),
  )
  socket.on('error', () => undefined)
  return socket
})
await Promise.all(
  slow.map(
    (socket) =>
      new Promise((resolve) => (socket.connecting ? socket.once('connect', resolve) : resolve(null))),
  ),
)
const served = await Promise.all(Array.from({ length: 20 }, () => get('/')))
check(
  `served beside ${SLOW_SOCKETS} slow sockets`,
  served.every(({ status }) => status === 200),
  served.length,
)
await Promise.all(
  slow.map(
    (socket) => new Promise((resolve) => (socket.destroyed ? resolve(null) : socket.once('close', resolve))),
  ),
)
check(
  'slow sockets are cut',
  slow.every((socket) => socket.destroyed),
  slow.length,
)

const published = docker(
  ...(['ps', '--filter', `label=com.docker.compose.project=${PROJECT}`, '--format'] as const),
  '{{.Label "com.docker.compose.service"}} {{.Ports}}',
)
  .split('\n')
  .filter((line) => line.includes('->'))
check(
  'Nginx alone is published to the host, and Grafana to this machine',
  published.some((line) => line.startsWith('nginx ')) &&
    published.every((line) => /^nginx |^grafana 127\.0\.0\.1:\d+->\d+\/tcp$/.test(line)),
  published.join('; '),
)
const frontend = container('frontend')
const addressOf = (service: string): string =>
  docker(
    'inspect',
    '-f',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}',
    container(service),
  ).split(' ')[0] ?? ''
for (const target of [
  ...['postgres:5432', 'redis:6379'],
  ...[`${addressOf('postgres')}:5432`, `${addressOf('redis')}:6379`],
]) {
  const tried = spawnSync('docker', ['exec', frontend, 'curl', '-s', '-m', '3', `telnet://${target}`], {
    input: '',
  })
  check(`the web's container does not reach ${target}`, tried.status !== 0, tried.status)
}
const clear = docker(
  ...(['exec', container('postgres'), 'sh', '-c'] as const),
  `psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -Atc "select count(*) filter (where ssl), count(*) filter (where not ssl) from pg_stat_ssl join pg_stat_activity using (pid) where client_addr <> '127.0.0.1'"`,
).trim()
check('PostgreSQL is reached by TLS alone', /^[1-9]\d*\|0$/.test(clear), `${clear} (with|without)`)
const ping = spawnSync('docker', ['exec', container('redis'), 'redis-cli', 'ping'], { encoding: 'utf8' })
check(
  'Redis answers nobody without TLS',
  !/PONG|NOAUTH/.test(ping.stdout),
  ping.stdout.trim() || ping.stderr.trim(),
)
const HARDENED = [
  'postgres',
  'redis',
  'backend',
  'worker',
  'backup',
  'maintenance',
  'frontend',
  'nginx',
  'fluentd',
]
for (const service of HARDENED) {
  const format =
    '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}'
  const seen = docker('inspect', '-f', format, container(service))
  check(`${service} is hardened`, /^true \[ALL\] \[no-new-privileges:true\] [1-9a-z]/.test(seen), seen)
}
for (const each of [...limitChecks(HARDENED, container), ...imageChecks(container), ...(await hostChecks())])
  check(...each)
for (const each of await monitoringChecks(container)) check(...each)
for (const service of ['postgres', 'redis', 'backend', 'worker', 'backup']) {
  const leaks = docker('inspect', '-f', '{{range .Config.Env}}{{println .}}{{end}}', container(service))
    .split('\n')
    .filter((line) => /(PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL|REDIS_URL)=./.test(line))
  check(`${service} has no secret in its environment`, leaks.length === 0, leaks.length)
}
// A backup, its verification, and lines of the log, as the page tells people to have them.
const collects =
  spawnSync('docker', ['exec', container('fluentd'), 'sh', '-c', 'command -v fluentd']).status === 0
for (const command of blocksFor(ROOT, 'docs/deployment.md', 'test-deploy').flatMap(commands)) {
  if (command.includes('/fluentd/') && !collects) {
    console.log(`       ${command}: not typed, the image of this machine has no Fluentd`)
    continue
  }
  const typed = command.replaceAll('chronos-financial-prod', PROJECT)
  const { status, stdout, stderr } = spawnSync('bash', ['-c', typed], { cwd: ROOT, encoding: 'utf8' })
  const last = stdout.trim().split('\n').at(-1)
  check(typed, status === 0 && last !== '', last || stderr.trim())
}
const archived = docker('exec', container('postgres'), 'sh', '-c', 'ls /wal/*.gz.age | wc -l')
check('WAL is archived, and encrypted', Number(archived) > 0, `${archived} files`)
const upstreams = docker('exec', container('nginx'), 'cat', '/tmp/edge/upstreams.conf')
check(
  'Nginx knows its replicas',
  / server (?!127)[\d.]+:3001 /.test(upstreams),
  upstreams.match(/ server \S+/g),
)
check(
  "which replica answered is not the client's to know",
  (await get('/health/live')).headers['x-replica'] === undefined,
  'hidden',
)
// Each as many at once as its rate and its burst let through, and a hundred more.
for (const [what, path, count] of [
  ['signing in', '/api/v1/auth/options', 150],
  ['the API', '/api/v1/me', 300],
  ['webhooks', '/api/v1/webhooks/whatsapp', 900],
] as const) {
  const burst = await Promise.all(Array.from({ length: count }, () => get(path)))
  const refused = burst.filter(({ status }) => status === 429)
  // Nginx gives its own ids, without dashes. That its limit of webhooks bites is `make test-nginx`: the API's comes before.
  const byNginx = refused.filter(({ headers }) => !String(headers['x-request-id']).includes('-')).length
  const holds = what === 'webhooks' ? refused.length > 0 : byNginx > 0
  const seen = `${refused.length} of ${burst.length} refused, ${byNginx} of them by Nginx`
  check(`a burst of ${what} is limited`, holds, seen)
  const { status } = await get('/')
  check('and the web is served all the same', status === 200, status)
}
await gradeTls()
console.log(failures === 0 ? 'All of it holds.' : `${failures} do not hold.`)
process.exit(failures === 0 ? 0 : 1)
