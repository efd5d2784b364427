/** The compose files hold to the code: what is secret stands in no environment of production. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SECRET_VARIABLES } from '../backend/src/secrets.ts'
import { developmentStack, productionStack, usesFile } from './compose-stack.ts'
import { ROOT } from './env-file.ts'

const production = readFileSync(path.join(ROOT, 'docker-compose.prod.yml'), 'utf8')

describe('docker-compose.prod.yml', () => {
  it.each(SECRET_VARIABLES)('blanks %s, which API and worker read from a file', (name) => {
    expect(production).toMatch(new RegExp(`^    ${name}: ''$`, 'm'))
  })

  it('publishes ports of Nginx alone, and to the machine itself of Grafana', () => {
    const services = production.split(/^services:$/m)[1]?.split(/^networks:$/m)[0] ?? ''
    const publishing = services.split(/^  (?=[a-z]+:$)/m).filter((service) => /^    ports:/m.test(service))
    expect(publishing.map((service) => service.split(':')[0])).toEqual(['nginx', 'grafana'])
    expect(publishing[1]).toMatch(/^    ports: \['127\.0\.0\.1:[^,]*\]$/m)
  })
})

describe('the two stacks', () => {
  it('share no project: neither touches containers and volumes of the other', () => {
    const [development, production] = [developmentStack(), productionStack()]
    expect([development.project, production.project]).toEqual(['chronos-financial', 'chronos-financial-prod'])
    expect(development.file).not.toBe(production.file)
  })

  it('know their own containers by the file, whichever Compose made them', () => {
    expect(usesFile('docker-compose.yml', 'docker-compose.yml')).toBe(true)
    expect(usesFile('/srv/it/docker-compose.prod.yml,/srv/it/own.yml', 'docker-compose.prod.yml')).toBe(true)
    expect(usesFile('/srv/it/docker-compose.prod.yml', 'docker-compose.yml')).toBe(false)
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
