// `make test-acme`: a certificate by ACME, from a test authority on this machine (Debian's package pebble), into an edge
// that began with its own; then a renewal under requests. Images chronos-nginx and chronos-acme; nothing else of a
// deployment is touched, and all of it goes away.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { freePort } from './ports.ts'
import { needsEngine } from './needs.ts'
import { ensureProgram, PEBBLE } from './system-packages.ts'

needsEngine()

const NAME = `chronos-test-acme-${process.pid}`
const DOMAIN = 'chronos.test'
const WAIT_MS = 60_000
const place = mkdtempSync(path.join(tmpdir(), 'chronos-acme-'))
const children: ChildProcess[] = []

function run(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}${result.stdout}`)
  return result.stdout.trim()
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`Not within ${WAIT_MS / 1000} s: ${what}`)
    await pause(200)
  }
}

/** Issuer and number of the certificate that the edge shows. */
function shown(port: number): Promise<{ issuer: string; serial: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: DOMAIN, rejectUnauthorized: false }
    const socket = tls.connect(options, () => {
      const { issuer, serialNumber } = socket.getPeerCertificate()
      resolve({ issuer: String(issuer.CN), serial: serialNumber })
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

/** The test authority: its own https is signed by a throw-away root, which certbot is told of. */
async function startAuthority(program: string, httpPort: number): Promise<number> {
  const [api, management, dns, unused] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const [key, cert] = [path.join(place, 'key.pem'), path.join(place, 'cert.pem')]
  run(
    ...(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'] as const),
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  )
  run('chmod', '755', place)
  run('chmod', '644', cert)
  const pebble = {
    listenAddress: `127.0.0.1:${api}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: cert,
    privateKey: key,
    httpPort,
    tlsPort: unused,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  }
  const config = path.join(place, 'pebble.json')
  writeFileSync(config, JSON.stringify({ pebble }))
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' }
  // It answers every name with this machine.
  const names = ['-dns01', `127.0.0.1:${dns}`, '-defaultIPv6', '', '-http01', '', '-https01', '']
  children.push(
    spawn('pebble-challtestsrv', [...names, '-tlsalpn01', '', '-management', `127.0.0.1:${unused}`], {
      stdio: 'ignore',
    }),
    spawn(program, ['-config', config, '-dnsserver', `127.0.0.1:${dns}`], { env, stdio: 'ignore' }),
  )
  await until('the authority answers', async () => {
    await shown(api)
    return true
  })
  return api
}

function ask(api: number, force: boolean): void {
  run(
    ...(['docker', 'run', '--rm', '--network', 'host', '--read-only', '--tmpfs', '/tmp:mode=1777'] as const),
    ...[
      '-v',
      `${NAME}-state:/acme`,
      '-v',
      `${NAME}-certificates:/certificates`,
      '-v',
      `${NAME}-webroot:/webroot`,
    ],
    ...['-v', `${path.join(place, 'cert.pem')}:/authority.pem:ro`, '-e', 'ACME_CA_FILE=/authority.pem'],
    ...['-e', 'ACME_EMAIL=somebody@example.com', '-e', `ACME_DOMAINS=${DOMAIN}`],
    ...['-e', `ACME_SERVER=https://127.0.0.1:${api}/dir`, ...(force ? ['-e', 'ACME_FORCE=1'] : [])],
    ...['chronos-acme', 'once'],
  )
}

/** Asks over kept connections until told to stop; what is not answered counts as lost. */
function load(port: number): { stop(): Promise<{ requests: number; lost: number }> } {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8 })
  const counts = { requests: 0, lost: 0 }
  let ending = false
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const options = { host: '127.0.0.1', port, path: '/.well-known/none', agent, rejectUnauthorized: false }
      const request = https.get(options, (answer) => answer.resume().on('end', resolve))
      request.on('error', () => {
        counts.lost += 1
        resolve()
      })
    })
  const clients = Array.from({ length: 8 }, async () => {
    while (!ending) {
      counts.requests += 1
      await one()
      await pause(20)
    }
  })
  return {
    async stop() {
      ending = true
      await Promise.all(clients)
      agent.destroy()
      return counts
    },
  }
}

try {
  const authority = ensureProgram(PEBBLE)
  const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()])
  run(
    ...(['docker', 'run', '-d', '--name', NAME, '--read-only', '--tmpfs', '/tmp:mode=1777'] as const),
    ...['--tmpfs', '/var/lib/nginx:mode=1777', '--tmpfs', '/var/log/nginx:mode=1777'],
    ...['-p', `127.0.0.1:${httpPort}:8080`, '-p', `127.0.0.1:${httpsPort}:8443`],
    ...['-v', `${NAME}-certificates:/certificates`, '-v', `${NAME}-webroot:/webroot`],
    ...['-v', `${NAME}-edge:/var/cache/edge`],
    ...['-e', `PUBLIC_URL=https://${DOMAIN}`, 'chronos-nginx'],
  )
  const own = await until('Nginx comes up with a certificate of its own', () => shown(httpsPort))
  console.log(`ok     Nginx comes up with a certificate of its own, for ${own.issuer}`)
  const api = await startAuthority(authority, httpPort)
  ask(api, false)
  const trusted = await until('Nginx shows the certificate of the authority', async () => {
    const now = await shown(httpsPort)
    return now.issuer.startsWith('Pebble') ? now : undefined
  })
  console.log(`ok     the authority's takes its place: ${trusted.issuer}`)
  ask(api, false)
  if ((await shown(httpsPort)).serial !== trusted.serial) throw new Error('It was renewed before its time')
  console.log('ok     it is not asked for again before its time')
  const requests = load(httpsPort)
  await pause(1000)
  ask(api, true)
  const renewed = await until('Nginx shows the renewed certificate', async () => {
    const now = await shown(httpsPort)
    return now.serial === trusted.serial ? undefined : now
  })
  await pause(2000)
  const seen = await requests.stop()
  console.log(
    `ok     renewed to ${renewed.serial} while ${seen.requests} requests were asked, ${seen.lost} lost`,
  )
} catch (error) {
  console.error(`FAILED ${(error as Error).message}`)
  spawnSync('docker', ['logs', '--tail', '20', NAME], { stdio: 'inherit' })
  process.exitCode = 1
} finally {
  for (const child of children) child.kill()
  spawnSync('docker', ['rm', '-f', '-v', NAME])
  for (const volume of ['state', 'certificates', 'webroot', 'edge'])
    spawnSync('docker', ['volume', 'rm', '-f', `${NAME}-${volume}`])
  rmSync(place, { recursive: true, force: true })
}
