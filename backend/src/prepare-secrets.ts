/**
 * The one-shot `secrets` of a deployment: reads the whole environment and leaves each reader's secrets in a folder
 * under DEPLOYMENT_SECRETS, a volume each. Repeatable; what is not set any more is removed. With INTERNAL_TLS=on, the
 * PostgreSQL and the Redis of the deployment get certificates, and everybody's addresses ask for them.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readDeploymentEnvironment } from './config.ts'
import { deploymentSecrets, type SecretFiles, type SecretReader } from './deployment-secrets.ts'
import { plainNotes, type TlsServer } from './deployment-addresses.ts'
import { issueCertificate, keptCertificate, withTls } from './deployment-tls.ts'
import { backupKey } from './platform/backup-key.ts'

const { folder, internalTls, workers, variables } = readDeploymentEnvironment()

function read(reader: SecretReader): Record<string, string> {
  const place = path.join(folder, reader)
  if (!existsSync(place)) return {}
  return Object.fromEntries(
    readdirSync(place).map((name) => [name, readFileSync(path.join(place, name), 'utf8')]),
  )
}

function write(reader: SecretReader, files: Record<string, string>): void {
  const place = path.join(folder, reader)
  // A volume is there already; a folder of somebody's own (Swarm, Kubernetes) may not be.
  mkdirSync(place, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(place)) if (!(name in files)) rmSync(path.join(place, name))
  for (const [name, content] of Object.entries(files)) {
    // Whole or not at all: another container may read it this very moment. Each volume has one reader, whoever it runs as.
    const temporary = path.join(place, `${name}.new`)
    rmSync(temporary, { force: true })
    writeFileSync(temporary, content, { mode: 0o444 })
    renameSync(temporary, path.join(place, name))
  }
}

const kept: SecretFiles = {
  app: read('app'),
  owner: read('owner'),
  backup: read('backup'),
  postgres: read('postgres'),
  redis: read('redis'),
  monitoring: read('monitoring'),
  maintenance: read('maintenance'),
  logs: read('logs'),
}
const certificate = (server: TlsServer, others: readonly string[] = []) =>
  keptCertificate(kept, server, others) ?? issueCertificate(server, others)
try {
  const { files: plain, notes } = deploymentSecrets(variables, kept, () => randomBytes(32).toString('hex'))
  // A wrong one would be found out in the night.
  const { recipients } = await backupKey(plain.backup['BACKUP_KEY'], variables['BACKUP_RECIPIENTS'])
  const certificates = internalTls
    ? { postgres: certificate('postgres', workers), redis: certificate('redis') }
    : null
  const files = certificates ? withTls(plain, folder, certificates) : plain
  for (const reader of Object.keys(files) as SecretReader[]) write(reader, files[reader])
  const opened = `Backups open with the keys of ${recipients.join(', ')}.`
  for (const note of [...notes, opened, ...(internalTls ? plainNotes(files) : [])])
    process.stdout.write(`${note}\n`)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
