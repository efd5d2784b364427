/** What config.ts reads for the one-shot of a deployment of containers (backend/src/prepare-secrets.ts). */
import { isIP } from 'node:net'
import { workersOf } from './config-cluster.ts'
import { withSecretFiles } from './secrets.ts'

type Variables = Readonly<Record<string, string | undefined>>

export interface DeploymentEnvironment {
  /** Takes the secrets. */
  folder: string
  /** Whether PostgreSQL and Redis of the deployment are reached by TLS. */
  internalTls: boolean
  /** Names of a cluster's workers, which show PostgreSQL's certificate too. */
  workers: string[]
  /** Everything that is set, secrets of files included. */
  variables: Record<string, string | undefined>
}

/** @throws Error when DEPLOYMENT_SECRETS is not set, or a `_FILE` cannot be read */
export function deploymentOf(environment: Variables): DeploymentEnvironment {
  const folder = environment['DEPLOYMENT_SECRETS'] ?? ''
  if (folder === '') throw new Error('DEPLOYMENT_SECRETS names the folder that takes the secrets')
  return {
    folder,
    internalTls: environment['INTERNAL_TLS'] === 'on',
    workers: workersOf(environment['CITUS_WORKERS'] ?? '')
      .map((worker) => worker.replace(/:\d+$/, ''))
      .filter((host) => /^[\w.-]+$/.test(host) && isIP(host) === 0),
    variables: withSecretFiles(environment),
  }
}
