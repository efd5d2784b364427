/** What the one-shot of a deployment of containers reads (backend/src/prepare-secrets.ts). */
import { isIP } from 'node:net'
import { withSecretFiles } from './secrets.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * What the one-shot that hands out secrets needs: everything.
 * @throws Error when DEPLOYMENT_SECRETS is not set, or a `_FILE` cannot be read
 */
export function readDeploymentEnvironment(environment: Variables = process.env): {
  folder: string
  /** Whether PostgreSQL and Redis of the deployment are reached by TLS. */
  internalTls: boolean
  /** Names of a cluster's workers, which show PostgreSQL's certificate too. */
  workers: string[]
  variables: Record<string, string | undefined>
} {
  const folder = environment['DEPLOYMENT_SECRETS'] ?? ''
  if (folder === '') throw new Error('DEPLOYMENT_SECRETS names the folder that takes the secrets')
  return {
    folder,
    internalTls: environment['INTERNAL_TLS'] === 'on',
    workers: (environment['CITUS_WORKERS'] ?? '')
      .split(',')
      .map((worker) => worker.trim().replace(/:\d+$/, ''))
      .filter((host) => /^[\w.-]+$/.test(host) && isIP(host) === 0),
    variables: withSecretFiles(environment),
  }
}
