/** Compose, Swarm and Kubernetes run one product: the same limits, settings, roles, probes, and the same of Nginx. */
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { CONFIG_VARIABLES, readConfig } from '../backend/src/config.ts'
import { PROCESS_ROLES } from '../backend/src/process-roles.ts'
import { SECRET_VARIABLES } from '../backend/src/secrets.ts'
import { ROOT } from './env-file.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- manifests are looked into as what they are
type Manifest = any

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const compose: Record<string, Manifest> = parse(read('docker-compose.prod.yml'), { merge: true }).services
const swarm: Record<string, Manifest> = parse(read('deploy/swarm/stack.yml'), { merge: true }).services
const kubernetes = globSync('deploy/kubernetes/{base,migrate}/*.yaml', { cwd: ROOT })
  .flatMap((file) => parseAllDocuments(read(file)))
  .map((each): Manifest => each.toJS())
const example = parseEnv(read('.env.example'))

/** Compose's service, and what the same is called in Kubernetes, where it runs there. */
const PARTS: [string, string | undefined][] = [
  ['backend', 'api'],
  ['webhook', 'webhook'],
  ['events', 'events'],
  ['worker', 'worker'],
  ['migrate', 'migrate'],
  ['maintenance', 'maintain'],
  ['backup', 'backup'],
  ['frontend', 'web'],
  ['nginx', undefined],
  ['postgres', undefined],
  ['redis', undefined],
]
const UNITS: Record<string, number> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
function bytesOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([kmg])i?$/i.exec(text) ?? []
  return Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
}

const podOf = (name: string): Manifest => {
  const found = kubernetes.find(
    ({ kind, metadata }) => ['Deployment', 'Job', 'CronJob'].includes(kind) && metadata.name === name,
  )
  return (found?.spec.jobTemplate ?? found)?.spec.template.spec
}

/** What stays of an interpolation where nothing is set. */
const unset = (value: unknown): string => String(value).replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}/g, '$1')

describe('each part', () => {
  it.each(PARTS)('%s has the limits that it has in compose (in Kubernetes: %s)', (service, pod) => {
    const { mem_limit: memory, cpus, pids_limit: pids } = compose[service]
    const { limits } = (swarm[service] ?? {}).deploy.resources
    expect([bytesOf(limits.memory), Number(limits.cpus), limits.pids]).toEqual([bytesOf(memory), cpus, pids])
    // Kubernetes shares processors out by what is asked for, and has no limit of processes of a pod's own.
    if (pod !== undefined)
      expect(bytesOf(podOf(pod).containers[0].resources.limits.memory)).toBe(bytesOf(memory))
  })

  it('that is by itself in clusters alone, the scheduler, has the memory that its heap is set for', () => {
    const memory = bytesOf(compose['worker'].mem_limit)
    expect(bytesOf(swarm['scheduler'].deploy.resources.limits.memory)).toBe(memory)
    const [container] = podOf('scheduler').containers
    expect(bytesOf(container.resources.limits.memory)).toBe(memory)
    for (const started of [swarm['scheduler'].command, container.args])
      expect(started).toEqual(compose['worker'].command)
  })

  it('is there in all three, and no other', () => {
    const known = PARTS.map(([service]) => service)
    const only = ['secrets', 'citus-worker1', 'citus-worker2', 'recovery', 'fluentd', 'acme']
    const watching = ['prometheus', 'alertmanager', 'grafana']
    expect(Object.keys(compose).toSorted()).toEqual([...known, ...only, ...watching].toSorted())
    expect(Object.keys(swarm).toSorted()).toEqual([...known, 'scheduler'].toSorted())
    const pods = kubernetes.filter(({ kind }) => ['Deployment', 'Job', 'CronJob'].includes(kind))
    const wanted = [...PARTS.flatMap(([, pod]) => pod ?? []), 'scheduler']
    expect(pods.map(({ metadata }) => metadata.name).toSorted()).toEqual(wanted.toSorted())
  })

  it.each(['backend', 'webhook', 'events', 'worker'])(
    '%s may end as slowly, and is started alike',
    (service) => {
      const pod = podOf(service === 'backend' ? 'api' : service)
      const grace = compose[service].stop_grace_period
      expect(swarm[service]?.stop_grace_period).toBe(grace)
      expect(`${pod.terminationGracePeriodSeconds}s`).toBe(grace)
      const { command } = compose[service]
      if (command === undefined) return
      expect(swarm[service]?.command).toEqual(command)
      expect(pod.containers[0].args).toEqual(command)
    },
  )

  it('has together every role', () => {
    const roles = ['backend', 'worker'].flatMap((name) =>
      unset(compose[name].environment.CHRONOS_ROLES).split(','),
    )
    expect(roles.toSorted()).toEqual(PROCESS_ROLES.toSorted())
  })

  it('that answers by HTTP is asked the same way, and without another Node', () => {
    for (const name of ['backend', 'webhook', 'events'])
      expect([name, swarm[name]?.healthcheck]).toEqual([name, compose[name].healthcheck])
    const ofJobs = JSON.stringify(compose['backend'].healthcheck.test).replace('3001', '3002')
    for (const name of ['worker', 'scheduler'])
      expect([name, JSON.stringify(swarm[name]?.healthcheck.test)]).toEqual([name, ofJobs])
  })
})

describe('settings of the application', () => {
  /** Of processes that are no part of it, of one machine, of the image, or of development alone. */
  const OTHERS =
    /^(?:MAINTENANCE_AT|BACKUP_(?!MAX_AGE_HOURS).*|CITUS_.*|WEB_PORT|HEARTBEAT_FILE|CHRONOS_COMMIT|\w+_FILE|CHRONOS_ROLES)$/
  const own = CONFIG_VARIABLES.filter(
    (name) => !(SECRET_VARIABLES as readonly string[]).includes(name) && !OTHERS.test(name),
  )
  const inSwarm: Record<string, string> = Object.fromEntries(
    Object.entries(swarm['backend'].environment as object).map(([name, value]) => [name, unset(value)]),
  )
  const inCompose = compose['backend'].environment as Record<string, string>
  const inKubernetes = parseEnv(read('deploy/kubernetes/base/settings.env'))

  it('reach a swarm, as compose gives it the whole file', () => {
    expect(own.filter((name) => !(name in inSwarm))).toEqual([])
    for (const name of Object.keys(example).filter((each) => own.includes(each)))
      expect([name, String(swarm['backend'].environment[name])]).toEqual([
        name,
        expect.stringMatching(name in inCompose || name in inKubernetes ? /./ : `^\\$\\{${name}:-\\}$`),
      ])
  })

  it('reach the backup, which keeps them for who starts anew from it', () => {
    const { SECRETS_FOLDER: _folder, CHRONOS_ROLES: _roles, ...kept } = swarm['backend'].environment
    expect(swarm['backup'].environment).toMatchObject(kept)
    expect(Object.keys(kept)).toEqual(expect.arrayContaining(['PUBLIC_URL', 'REGISTRATION', 'EMAIL_HOST']))
    // Their secrets stay files of their readers.
    for (const name of SECRET_VARIABLES)
      expect([name, swarm['backup'].environment[name] ?? '']).toEqual([name, ''])
  })

  it('are of the same value where a deployment says it itself', () => {
    for (const name of [
      'NODE_ENV',
      'BIND',
      'API_PORT',
      'TRUSTED_PROXIES',
      'DRAIN_SECONDS',
      'BACKUP_MAX_AGE_HOURS',
    ]) {
      const value = unset(inCompose[name])
      expect([name, inSwarm[name], inKubernetes[name]]).toEqual([name, value, value])
    }
    const port = compose['worker'].environment.WORKER_PORT
    expect([inSwarm['WORKER_PORT'], inKubernetes['WORKER_PORT']]).toEqual([port, port])
  })

  it('start production in a swarm where the operator sets none', () => {
    const secret = (): string => randomBytes(32).toString('hex')
    const secrets = {
      DATABASE_URL: `postgresql://chronos_app:${secret()}@db/chronos`,
      DATABASE_CONTROL_URL: `postgresql://chronos_control:${secret()}@db/chronos`,
      REDIS_URL: `redis://:${secret()}@redis:6379`,
      ...{ JWT_SECRET: secret(), SESSION_SECRET: secret(), ENCRYPTION_KEY: secret() },
    }
    const config = readConfig({
      ...inSwarm,
      ...secrets,
      PUBLIC_URL: 'https://money.example',
      SECRETS_FOLDER: '',
    })
    expect(config.publicUrl).toBe('https://money.example')
  })
})

describe('Nginx', () => {
  const [, servers = ''] = read('deploy/nginx/edge/servers.conf').split('listen 8443')
  /** What stands between the braces of a location. */
  const locationOf = (where: string): string => {
    const [, rest = ''] = servers.split(` ${where} {`)
    return rest.split('}')[0] ?? ''
  }
  const rates = { api: example['NGINX_LIMIT_API'], auth: example['NGINX_LIMIT_AUTH'] }
  const webhooks = example['NGINX_LIMIT_WEBHOOK'] ?? ''

  it('is told the same in a swarm', () => {
    const names = (service: Manifest): string[] => Object.keys(service.environment).toSorted()
    expect(names(swarm['nginx'])).toEqual(names(compose['nginx']))
    for (const name of ['LIMIT_API', 'LIMIT_AUTH', 'LIMIT_WEBHOOK', 'TRUSTED_PROXIES'])
      expect(swarm['nginx'].environment[name], name).toBe(compose['nginx'].environment[name])
  })

  it.each([
    ['api', '/api/'],
    ['auth', '/api/v1/auth/'],
    ['imports', '/api/v1/imports'],
    ['events', '/api/v1/events'],
    ['webhook', '/api/v1/webhooks/'],
  ])('of Kubernetes has the limits of ours: %s', (name, where) => {
    const { annotations } = kubernetes.find(
      ({ kind, metadata }) => kind === 'Ingress' && metadata.name === name,
    ).metadata
    const said = (key: string): string => annotations[`nginx.ingress.kubernetes.io/${key}`] ?? ''
    const location = locationOf(where)
    const [, zone = '', burst = ''] = /limit_req zone=(\w+) burst=(\d+)/.exec(location) ?? []
    const rate = name === 'webhook' ? webhooks : rates[zone as keyof typeof rates]
    expect(said('limit-rps')).toBe(rate)
    // A second's worth of webhooks: bin/chronos-edge.
    expect(String(Number(said('limit-rps')) * Number(said('limit-burst-multiplier')))).toBe(burst || webhooks)
    const nginx = read('deploy/nginx/nginx.conf')
    expect(said('limit-connections')).toBe(/limit_conn connections (\d+);/.exec(nginx)?.[1])
    const size = /client_max_body_size (\w+);/
    // 1m is the other's own as well.
    expect(said('proxy-body-size') || '1m').toBe((size.exec(location) ?? size.exec(nginx))?.[1])
  })
})
