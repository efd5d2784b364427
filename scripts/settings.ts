// What `make dev` and its relatives read from the environment, checked: the ports, and the addresses that
// follow from them.
import type { Environment } from './env-file.ts'

export interface Ports {
  web: number
  api: number
  dbAdmin: number
  mailUi: number
  smtp: number
  whatsapp: number
  postgres: number
}

/** Variable that sets each port; error messages name it. */
export const PORT_VARIABLES: Record<keyof Ports, string> = {
  web: 'WEB_PORT',
  api: 'API_PORT',
  dbAdmin: 'DB_ADMIN_PORT',
  mailUi: 'MAIL_UI_PORT',
  smtp: 'SMTP_PORT',
  whatsapp: 'WHATSAPP_SIMULATOR_PORT',
  postgres: 'EMBEDDED_POSTGRES_PORT',
}

const DATABASE_URLS = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_CONTROL_URL', 'DATABASE_BACKUP_URL']
/** An .env from before there was this login has none. */
const OPTIONAL_URLS = ['DATABASE_MAINTENANCE_URL']

/** Reads all ports; throws an Error that names the variable when one is no port or two are the same. */
export function readPorts(env: Environment): Ports {
  const taken = new Map<number, string>()
  const read = (variable: string): number => {
    const port = Number(env[variable])
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variable} is not a port number: "${env[variable] ?? ''}".`)
    }
    const other = taken.get(port)
    if (other) throw new Error(`${variable} and ${other} are both ${port}.`)
    taken.set(port, variable)
    return port
  }
  return {
    web: read(PORT_VARIABLES.web),
    api: read(PORT_VARIABLES.api),
    dbAdmin: read(PORT_VARIABLES.dbAdmin),
    mailUi: read(PORT_VARIABLES.mailUi),
    smtp: read(PORT_VARIABLES.smtp),
    whatsapp: read(PORT_VARIABLES.whatsapp),
    postgres: read(PORT_VARIABLES.postgres),
  }
}

/**
 * Where `make db-studio` opens while something else has the port of database administration.
 * @throws Error when STUDIO_PORT is no port
 */
export function readStudioPort(env: Environment): number {
  const port = Number(env['STUDIO_PORT'] || '5555')
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`STUDIO_PORT is not a port number: "${env['STUDIO_PORT']}".`)
  return port
}

/** The address a process on this machine uses to reach something that listens on `bind`. */
export function reachableHost(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1'
  if (bind === '::') return '[::1]'
  return bind.includes(':') ? `[${bind}]` : bind
}

/**
 * The environment of the product's own processes on a developer's machine: the database addresses point at
 * the server on `ports.postgres`, and what was left empty gets the mail catcher, the simulator and the web.
 */
export function localEnvironment(env: Environment, ports: Ports, adminUrl: string): Environment {
  const host = reachableHost(env['BIND'] ?? '127.0.0.1')
  const result: Environment = { ...env, DATABASE_ADMIN_URL: adminUrl }
  for (const name of [...DATABASE_URLS, ...OPTIONAL_URLS.filter((each) => env[each])]) {
    if (!URL.canParse(env[name] ?? '')) throw new Error(`${name} is no address; .env.example shows its form.`)
    const url = new URL(env[name] ?? '')
    url.hostname = '127.0.0.1'
    url.port = String(ports.postgres)
    result[name] = url.href
  }
  for (const key of Object.keys(PORT_VARIABLES) as (keyof Ports)[]) {
    result[PORT_VARIABLES[key]] = String(ports[key])
  }
  if (!env['PUBLIC_URL']) result['PUBLIC_URL'] = `http://localhost:${ports.web}`
  if (!env['WHATSAPP_GRAPH_URL']) result['WHATSAPP_GRAPH_URL'] = `http://${host}:${ports.whatsapp}`
  if (!env['EMAIL_HOST']) {
    result['EMAIL_HOST'] = host.replace(/^\[|\]$/g, '')
    result['EMAIL_PORT'] = String(ports.smtp)
  }
  return result
}
