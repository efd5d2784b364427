/** The compose files hold to the code: what is secret stands in no environment of production. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SECRET_VARIABLES } from '../backend/src/secrets.ts'
import { ROOT } from './env-file.ts'

const production = readFileSync(path.join(ROOT, 'docker-compose.prod.yml'), 'utf8')

describe('docker-compose.prod.yml', () => {
  it.each(SECRET_VARIABLES)('blanks %s, which API and worker read from a file', (name) => {
    expect(production).toMatch(new RegExp(`^    ${name}: ''$`, 'm'))
  })

  it('publishes ports of Nginx alone', () => {
    const services = production.split(/^services:$/m)[1]?.split(/^networks:$/m)[0] ?? ''
    const publishing = services.split(/^  (?=[a-z]+:$)/m).filter((service) => /^    ports:/m.test(service))
    expect(publishing.map((service) => service.split(':')[0])).toEqual(['nginx'])
  })
})
