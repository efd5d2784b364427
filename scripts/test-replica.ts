// A throw-away PostgreSQL with a streaming replica, made of npm's programs alone: the replica begins as a copy of the
// primary's folder, taken while that is stopped.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
import { freePorts } from './ports.ts'
import { makeTestFolder, TEST_SETTINGS } from './test-cluster.ts'

export interface ReplicatedCluster {
  /** Superuser's address of the primary, database postgres. */
  adminUrl: string
  /** The same of the replica. */
  replicaAdminUrl: string
  startReplica(): Promise<void>
  /** Ends it as a crash would. */
  killReplica(): Promise<void>
  stop(): Promise<void>
}

/** @param prepare what is there before the replica is made */
export async function startReplicatedCluster(
  prepare: (adminUrl: string) => Promise<void>,
): Promise<ReplicatedCluster> {
  const folder = makeTestFolder()
  const [dataDir, replicaDir] = [path.join(folder, 'primary'), path.join(folder, 'replica')]
  const [port = 0, replicaPort = 0] = await freePorts(2)
  // What has been answered is on its way to the replica at once.
  const settings = { ...TEST_SETTINGS, synchronous_commit: 'local' }
  let primary = await startEmbeddedPostgres({ dataDir, port, settings })
  await prepare(primary.adminUrl)
  await primary.stop()
  execFileSync('cp', ['-a', dataDir, replicaDir])
  writeFileSync(path.join(replicaDir, 'cluster', 'standby.signal'), '')
  primary = await startEmbeddedPostgres({ dataDir, port, settings })

  const source = new URL(primary.adminUrl)
  const conninfo = `host=127.0.0.1 port=${port} user=postgres password=${decodeURIComponent(source.password)}`
  let replica: EmbeddedPostgres | null = null
  const cluster: ReplicatedCluster = {
    adminUrl: primary.adminUrl,
    replicaAdminUrl: primary.adminUrl.replace(`:${port}/`, `:${replicaPort}/`),
    async startReplica() {
      replica = await startEmbeddedPostgres({
        dataDir: replicaDir,
        port: replicaPort,
        standby: true,
        settings: { ...settings, primary_conninfo: conninfo, wal_retrieve_retry_interval: '200ms' },
      })
    },
    async killReplica() {
      await replica?.stop({ immediately: true })
      replica = null
    },
    async stop() {
      await cluster.killReplica()
      await primary.stop({ immediately: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await cluster.startReplica()
  return cluster
}
