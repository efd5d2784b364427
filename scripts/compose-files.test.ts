/** The compose files hold to the code: what is secret stands in no environment of production. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { SECRET_VARIABLES } from '../backend/src/secrets.ts'
import {
  clusterOf,
  developmentStack,
  leftOut,
  logNetwork,
  productionStack,
  usesFile,
  versionOf,
} from './compose-stack.ts'
import { ROOT } from './env-file.ts'

const production = readFileSync(path.join(ROOT, 'docker-compose.prod.yml'), 'utf8')

describe('docker-compose.prod.yml', () => {
  it.each(SECRET_VARIABLES)('blanks %s, which API and worker read from a file', (name) => {
    expect(production).toMatch(new RegExp(`^    ${name}: ''$`, 'm'))
  })

  it('publishes ports of Nginx alone, and to the machine itself of Grafana', () => {
    const services = production.split(/^services:$/m)[1]?.split(/^networks:$/m)[0] ?? ''
    const publishing = services
      .split(/^  (?=[a-z][a-z0-9-]*:)/m)
      .filter((service) => /^    ports:/m.test(service))
    expect(publishing.map((service) => service.split(':')[0])).toEqual(['nginx', 'grafana'])
    expect(publishing[1]).toMatch(/^    ports: \['127\.0\.0\.1:[^,]*\]$/m)
  })
})

describe('a cluster', () => {
  const settings = path.join(mkdtempSync(path.join(tmpdir(), 'chronos-cluster-')), '.env.production')
  const cluster = (text: string): Record<string, string> => {
    writeFileSync(settings, text)
    return clusterOf({ project: 'x', file: 'docker-compose.prod.yml', envFile: settings })
  }
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(path.dirname(settings), { recursive: true, force: true })
  })

  it('is what the profile alone asks for, of the image and the workers that settings name', () => {
    for (const name of ['COMPOSE_PROFILES', 'ACME_EMAIL', 'CITUS_IMAGE', 'CITUS_WORKERS'])
      vi.stubEnv(name, '')
    expect(cluster('COMPOSE_PROFILES=roles\nCITUS_IMAGE=citus:1\n')).toEqual({})
    expect(cluster('COMPOSE_PROFILES=roles,citus\n')).toEqual({
      POSTGRES_BASE: 'citusdata/citus:13.2',
      CITUS_WORKERS: 'citus-worker1:5432,citus-worker2:5432',
    })
    expect(cluster('COMPOSE_PROFILES=citus\nCITUS_IMAGE=citus:1\nCITUS_WORKERS=far:5432\n')).toEqual({
      POSTGRES_BASE: 'citus:1',
      CITUS_WORKERS: 'far:5432',
    })
  })

  it('has workers of that profile alone, on the inner network, each with a disk of its own', () => {
    const services = production.split(/^services:$/m)[1]?.split(/^networks:$/m)[0] ?? ''
    const workers = services
      .split(/^  (?=[a-z][a-z0-9-]*:)/m)
      .filter((text) => text.startsWith('citus-worker'))
    expect(workers.map((text) => text.split(':')[0])).toEqual(['citus-worker1', 'citus-worker2'])
    for (const [index, text] of workers.entries()) {
      expect(text).toContain('    profiles: [citus]\n')
      expect(text).toContain(`      - citus-worker${index + 1}-data:/var/lib/postgresql/data\n`)
      expect(text).toContain(`      - citus-worker${index + 1}-run:/var/run/postgresql\n`)
    }
    expect(workers[0]).toContain('    networks: [data]\n')
    expect(workers[0]).toContain('      - -carchive_mode=off\n')
    expect([...leftOut(production, [])]).toEqual(expect.arrayContaining(['citus-worker1', 'citus-worker2']))
    expect(leftOut(production, ['citus'])).not.toContain('citus-worker1')
  })

  it('is told to migrations, and to what makes the certificate that workers show', () => {
    expect(production.match(/CITUS_WORKERS: '?\$\{CITUS_WORKERS:-\}/g)).toHaveLength(2)
  })
})

describe('docker-compose.yml', () => {
  const development = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8')

  it('has the tree of routes written within the sources: it is moved there, which takes one file system', () => {
    expect(development).toMatch(/^ +TSR_TMP_DIR: \/app\/frontend\/src\//m)
    expect(development).toMatch(/^ +- \.\/frontend\/src:\/app\/frontend\/src$/m)
    // Its settings are looked for where Vite is started.
    expect(development).toMatch(/^    working_dir: \/app\/frontend$/m)
    expect(existsSync(path.join(ROOT, 'frontend/tsr.config.json'))).toBe(true)
  })

  it('has a check of health for each service that stays, but for the one whose image brings it', () => {
    const services = (development.split(/^services:$/m)[1]?.split(/^volumes:$/m)[0] ?? '')
      .split(/^  (?=[a-z][a-z0-9-]*:)/m)
      .slice(1)
    const unchecked = services.filter((service) => !/^    healthcheck:\n      test:/m.test(service))
    expect(unchecked.map((service) => service.split(':')[0])).toEqual([
      'secrets',
      'migrate',
      'seed',
      'mailhog',
    ])
    expect(unchecked.at(-1)).toContain('image: axllent/mailpit:')
  })
})

describe('Nginx of production', () => {
  it('waits for no other service: Compose 2.26 would start it anew, and cut connections, with each update after a start', () => {
    const { services } = parse(production, { merge: true }) as { services: Record<string, object> }
    expect(services['nginx']).not.toHaveProperty('depends_on')
  })
})

describe('the two stacks', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('say limits in one place: Compose v2 refuses a file that has them under deploy too and leaves one out there', () => {
    for (const file of ['docker-compose.yml', 'docker-compose.prod.yml'])
      expect(readFileSync(path.join(ROOT, file), 'utf8'), file).not.toMatch(/^ +deploy:/m)
    const { services } = parse(production, { merge: true }) as { services: Record<string, object> }
    for (const [name, service] of Object.entries(services))
      expect(Object.keys(service), name).toEqual(expect.arrayContaining(['mem_limit', 'cpus', 'pids_limit']))
  })

  it('share no project: neither touches containers and volumes of the other', () => {
    // Not this checkout's own file, which may name another.
    vi.stubEnv('CHRONOS_ENV_FILE', 'no-such-file')
    const [development, production] = [developmentStack(), productionStack()]
    expect([development.project, production.project]).toEqual(['chronos-financial', 'chronos-financial-prod'])
    expect(development.file).not.toBe(production.file)
  })

  it('take a net each for their logs', () => {
    expect(logNetwork('chronos-financial-prod')).toBe('10.213.255')
    expect(logNetwork('chronos-staging')).toMatch(/^10\.213\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/)
    expect(logNetwork('chronos-staging')).not.toBe(logNetwork('chronos-trial'))
  })

  it('have the services of a profile only where it is asked for', () => {
    expect([...leftOut(production, [])]).toEqual(expect.arrayContaining(['acme', 'grafana']))
    expect(leftOut(production, ['acme'])).not.toContain('acme')
    expect(leftOut(production, [])).not.toContain('nginx')
  })

  it('know their own containers by the file, whichever Compose made them', () => {
    expect(usesFile('docker-compose.yml', 'docker-compose.yml')).toBe(true)
    expect(usesFile('/srv/it/docker-compose.prod.yml,/srv/it/own.yml', 'docker-compose.prod.yml')).toBe(true)
    expect(usesFile('/srv/it/docker-compose.prod.yml', 'docker-compose.yml')).toBe(false)
  })
})

describe('the version that runs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-version-'))
  const settings = path.join(folder, '.env.production')
  writeFileSync(settings, 'CHRONOS_VERSION=1.0.0\nCOMPOSE_PROJECT_NAME=chronos-staging\n')
  const stack = { project: 'x', file: 'docker-compose.prod.yml', envFile: settings }
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(path.join(folder, '.release'), { force: true })
  })

  it('is what was typed, else what deploy/release put there, else what the settings say', () => {
    vi.stubEnv('CHRONOS_VERSION', '')
    expect(versionOf(stack, folder)).toBe('1.0.0')
    writeFileSync(path.join(folder, '.release'), '1.2.0 0123456789abcdef\n')
    expect(versionOf(stack, folder)).toBe('1.2.0')
    vi.stubEnv('CHRONOS_VERSION', '1.3.0')
    expect(versionOf(stack, folder)).toBe('1.3.0')
  })

  it('is of the project that its settings name, unless another was typed', () => {
    vi.stubEnv('CHRONOS_ENV_FILE', settings)
    vi.stubEnv('COMPOSE_PROJECT_NAME', '')
    expect(productionStack().project).toBe('chronos-staging')
    vi.stubEnv('COMPOSE_PROJECT_NAME', 'chronos-trial')
    expect(productionStack().project).toBe('chronos-trial')
  })

  it('leaves Nginx and PostgreSQL their tags, or each version would restart both', () => {
    expect(production).toContain('image: chronos-nginx:${CHRONOS_NGINX_VERSION:-latest}')
    expect(production).toContain('image: chronos-postgres:${CHRONOS_POSTGRES_VERSION:-latest}')
  })
})

describe('a reload for replicas', () => {
  const read = (name: string): string => readFileSync(path.join(ROOT, 'deploy/nginx', name), 'utf8')

  it('is of the balancer alone, which nobody keeps a connection to', () => {
    expect(read('nginx.conf')).not.toContain('upstreams.conf')
    expect(read('nginx.conf')).toContain('proxy_set_header Connection close;')
    expect(read('balancer.conf')).toContain('include /tmp/edge/upstreams.conf;')
    expect(read('bin/chronos-upstreams')).toContain(
      'if replicas; then nginx -c /etc/nginx/balancer.conf -s reload',
    )
  })

  it('never has a write that was sent sent again', () => {
    for (const name of ['nginx.conf', 'balancer.conf', 'edge/servers.conf'])
      expect(read(name)).not.toContain('non_idempotent')
  })
})

describe('logs', () => {
  const conf = readFileSync(path.join(ROOT, 'deploy/fluentd/fluent.conf'), 'utf8')

  it('are sent by every container but Fluentd and one that writes what is no log, and none waits for it', () => {
    const [shared = '', services = ''] = production.split(/^services:$/m)
    expect(shared).toMatch(/driver: fluentd\n(.*\n)*? +fluentd-async: 'true'\n(.*\n)*? +mode: non-blocking/)
    expect(services.match(/^    logging: \{ driver: [a-z-]+/gm)).toEqual([
      '    logging: { driver: none',
      '    logging: { driver: json-file',
    ])
    expect(services).not.toMatch(/fluentd: \{ condition/)
  })

  it('of every service that speaks have a parser', () => {
    const all = production.split(/^services:$/m)[1]?.split(/^networks:$/m)[0] ?? ''
    const ours = all
      .split(/^  (?=[a-z][a-z0-9-]*:)/m)
      .filter((service) => /image: chronos-|<<: \*application/.test(service))
      .filter((service) => !/logging: \{ driver: none \}/.test(service))
    const names = ours.map((service) => service.split(':')[0] ?? '').filter((name) => name !== 'fluentd')
    expect(names).toEqual(expect.arrayContaining(['backend', 'webhook', 'events', 'maintenance']))
    for (const service of [...names, 'citus-worker2', 'redis'])
      expect(conf).toMatch(new RegExp(`<filter chronos\\.(\\{[a-z0-9,-]*)?\\b${service}\\b`))
  })

  it('are tried on the real Fluentd by CI', () => {
    expect(readFileSync(path.join(ROOT, '.github/workflows/ci.yml'), 'utf8')).toContain(
      'run: make test-fluentd',
    )
  })
})

describe('the folder of each reader of secrets', () => {
  const dockerfile = readFileSync(path.join(ROOT, 'deploy/docker/backend.Dockerfile'), 'utf8')
  const folders = [...production.matchAll(/- secrets-(\w+):\/run\/chronos\/\1$/gm)].map(([, name]) => name)

  it('is in both images, or its volume would be root’s and nobody could write into it', () => {
    expect(folders).toEqual(expect.arrayContaining(['app', 'owner', 'backup', 'postgres', 'redis', 'logs']))
    const made = [...dockerfile.matchAll(/mkdir -p (\/run\/chronos.*?)( \\)?$/gm)].map(([, names]) =>
      (names ?? '').split(' ').map((name) => name.replace('/run/chronos/', '')),
    )
    expect(made).toHaveLength(2)
    for (const names of made) expect(names).toEqual(expect.arrayContaining(folders))
  })
})
