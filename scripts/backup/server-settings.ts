/** The settings of a server as a backup keeps them: what it needs to start again, without any secret. */
import { CONFIG_VARIABLES } from '../../backend/src/config.ts'
import { SECRET_VARIABLES } from '../../backend/src/secrets.ts'
import type { Environment } from '../env-file.ts'

/** What Compose alone reads, and the programs beside the API. */
const OF_CONTAINERS =
  /^((ACME|CHRONOS|CITUS|GRAFANA|LOG|NGINX|OTEL|POSTGRES)_|COMPOSE_(OVERRIDE|PROFILES|PROJECT_NAME)$|ASSET_BASE_URL$)|_(PORT|REPLICAS|ROLES|SERVICE)$/
/** Of this process and its machine. */
const OF_THIS_PROCESS = new Set(['HEARTBEAT_FILE', 'NGINX_PATH', 'POSTGRES_HOME', 'SECRETS_FOLDER'])

/** As lines of a file of settings, by name. What is set to nothing is left out: it is the same as not set. */
export function serverSettings(env: Environment): string {
  const read = new Set(CONFIG_VARIABLES)
  const secrets = new Set<string>(SECRET_VARIABLES)
  return Object.entries(env)
    .filter(([name, value]) => value !== '' && (read.has(name) || OF_CONTAINERS.test(name)))
    .filter(([name]) => !secrets.has(name) && !secrets.has(name.replace(/_FILE$/, '')))
    .filter(([name]) => !OF_THIS_PROCESS.has(name))
    .map(([name, value]) => `${name}=${value}\n`)
    .sort()
    .join('')
}
