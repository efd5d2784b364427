// The edge of production on this machine, without containers: the files of deploy/nginx and its start script as they are,
// on the installed nginx. Paths lead into a folder of its own, ports are free ones, and where a container would ask the
// engine's DNS, `getent` is a double that knows the doubles of the API. Linux alone: it uses other addresses of 127.0.0.0/8.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { ROOT } from '../env-file.ts'
import { freePort } from '../ports.ts'

const READY_MS = 20_000
const PLACES: Record<string, string> = { 'etc/nginx': 'nginx', 'var/cache/edge': 'cache' }
const MIME_TYPES =
  'types { text/html html; text/javascript js; text/css css; application/json json; image/svg+xml svg; }\n'

/** What a replica of the API was asked. */
export interface Asked {
  replica: string
  method: string
  url: string
  headers: IncomingHttpHeaders
  bytes: number
}
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface Edge {
  httpPort: number
  httpsPort: number
  /** Everything that reached the API, in order. */
  asked: Asked[]
  /** What the replicas answer; whole bodies are read before. */
  answer: Answer
  /** Addresses of replicas that say they drain: /health/ready is 503. */
  draining: Set<string>
  /** Addresses of all replicas. */
  replicas: string[]
  /** Where all of it is; below, `tmp` and `cache` are the container's /tmp and /var/cache. */
  folder: string
  /** Where fullchain.pem and privkey.pem are. */
  certificates: string
  /** Lines of the access log. */
  log(): string[]
  stop(): Promise<void>
}

/**
 * Starts it with so many replicas of the API, and the web's container with some files. `changes` to nginx.conf shorten
 * what a test would wait long for: what is there, and what instead.
 */
export async function startEdge(
  nginx: string,
  settings: Record<string, string> = {},
  replicas = 1,
  changes: Record<string, string> = {},
): Promise<Edge> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-edge-'))
  chmodSync(folder, 0o755)
  const net = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`
  const asked: Asked[] = []
  const processes: ChildProcess[] = []
  const servers: Server[] = []
  const edge: Edge = {
    httpPort: await freePort(),
    httpsPort: await freePort(),
    asked,
    answer: (_request, response) => response.end('{}'),
    draining: new Set(),
    replicas: [],
    folder,
    certificates: path.join(folder, 'certificates'),
    log: () =>
      readFileSync(path.join(folder, 'access.log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{"time"')),
    async stop() {
      for (const child of processes) endTree(child)
      await Promise.all(processes.map(async (child) => child.exitCode ?? once(child, 'exit')))
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    const addresses = Array.from({ length: replicas }, (_, index) => `${net}.${index + 2}`)
    for (const address of addresses) servers.push(await replica(address, asked, edge))
    edge.replicas.push(...addresses)
    layOut(folder, edge, { backend: addresses, frontend: [`${net}.1`] }, nginx)
    for (const [before, after] of Object.entries(changes))
      replaceIn(path.join(folder, 'nginx/nginx.conf'), before, after)
    const start = (command: string, args: string[], output: string): void => {
      const file = openSync(path.join(folder, output), 'a')
      const env = { PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`, ...settings }
      processes.push(spawn(command, args, { env, stdio: ['ignore', file, file], detached: true }))
    }
    start(nginx, ['-c', path.join(folder, 'web/nginx.conf'), '-g', 'daemon off;'], 'web.log')
    start(path.join(folder, 'bin/chronos-edge'), [], 'access.log')
    await untilReady(edge, folder)
    return edge
  } catch (error) {
    await edge.stop()
    throw error
  }
}

async function replica(address: string, asked: Asked[], edge: Edge): Promise<Server> {
  // As the API: more than the edge lets through.
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    if (request.url === '/health/ready' && request.headers['x-forwarded-for'] === undefined) {
      response.statusCode = edge.draining.has(address) ? 503 : 200
      response.end()
      return
    }
    let bytes = 0
    request.on('data', (part: Buffer) => (bytes += part.length))
    request.on('error', () => undefined)
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      asked.push({ replica: address, method, url, headers, bytes })
      edge.answer(request, response)
    })
  }).listen(3001, address)
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  return server
}

/** The files, with the paths of a container changed to those of the folder. */
function layOut(folder: string, edge: Edge, names: Record<string, string[]>, nginx: string): void {
  for (const name of ['bin', 'tmp', 'certificates', 'webroot', 'cache', 'srv/web/assets', 'web'])
    mkdirSync(path.join(folder, name), { recursive: true })
  const moved = (text: string): string =>
    text.replaceAll(
      /(?<![\w.-])\/(etc\/nginx|tmp|var\/cache\/edge|certificates|webroot|srv\/web)(?=[/;\s])/g,
      (_whole, place: string) => path.join(folder, PLACES[place] ?? place),
    )
  const move = (file: string, change: (text: string) => string = (text) => text): void => {
    for (const each of statSync(file).isDirectory()
      ? readdirSync(file).map((name) => path.join(file, name))
      : [file])
      writeFileSync(each, change(moved(readFileSync(each, 'utf8'))))
  }
  cpSync(path.join(ROOT, 'deploy/nginx'), path.join(folder, 'nginx'), { recursive: true })
  writeFileSync(path.join(folder, 'nginx/mime.types'), MIME_TYPES)
  for (const name of ['nginx.conf', 'balancer.conf', 'snippets']) move(path.join(folder, 'nginx', name))
  move(path.join(folder, 'nginx/edge'), (text) =>
    text
      .replace('listen 8080 ', `listen 127.0.0.1:${edge.httpPort} `)
      .replace('listen 8443 ', `listen 127.0.0.1:${edge.httpsPort} `),
  )
  cpSync(path.join(folder, 'nginx/bin'), path.join(folder, 'bin'), { recursive: true })
  move(path.join(folder, 'bin'))
  const [web = ''] = names['frontend'] ?? []
  cpSync(path.join(folder, 'nginx/web.conf'), path.join(folder, 'web/nginx.conf'))
  // In its container it is alone with /tmp.
  move(path.join(folder, 'web/nginx.conf'), (text) =>
    text.replace('listen 8080;', `listen ${web}:8080;`).replaceAll(`${folder}/tmp/`, `${folder}/web/`),
  )
  writeFileSync(
    path.join(folder, 'srv/web/index.html'),
    `<!doctype html><title>web</title>${' '.repeat(2000)}`,
  )
  const script = `${'/* a script */'.repeat(200)}\n`
  writeFileSync(path.join(folder, 'srv/web/assets/app-1a2b.js'), script)
  writeFileSync(path.join(folder, 'srv/web/assets/app-1a2b.js.br'), brotliCompressSync(script))
  program(
    folder,
    'nginx',
    `case "$*" in *-c*) exec ${nginx} "$@" ;; *) exec ${nginx} -c ${folder}/nginx/nginx.conf "$@" ;; esac`,
  )
  const cases = Object.entries(names).map(
    ([name, all]) => `${name}) printf '%s STREAM\\n' ${all.join(' ')} ;;`,
  )
  program(folder, 'getent', `case "$2" in ${cases.join(' ')} *) exit 2 ;; esac`)
}

function replaceIn(file: string, before: string, after: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(before)) throw new Error(`${path.basename(file)} says no ${before} any more.`)
  writeFileSync(file, text.replace(before, after))
}

function program(folder: string, name: string, text: string): void {
  writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n${text}\n`)
  chmodSync(path.join(folder, 'bin', name), 0o755)
}

function endTree(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM')
  } catch {
    // Ended already.
  }
}

async function untilReady({ httpPort }: Edge, folder: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    const up = await fetch(`http://127.0.0.1:${httpPort}/healthz`).then(
      (answer) => answer.status === 204,
      () => false,
    )
    if (up) return
    if (Date.now() > deadline)
      throw new Error(
        `Nginx does not start:\n${readFileSync(path.join(folder, 'access.log'), 'utf8').slice(0, 1000)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
