/**
 * One throw-away PostgreSQL for the whole run, and in it a migrated template database that every test file clones.
 * TEST_DATABASE_ADMIN_URL names a server to use instead.
 */
import type { TestProject } from 'vitest/node'
import { startTestCluster } from '../../scripts/test-cluster.ts'
import { ensureRoles } from '../src/platform/roles.ts'
import { migrate } from '../src/platform/migrate.ts'
import { TEMPLATE, urlsFor } from './database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    adminUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_ADMIN_URL']
  const cluster = given === undefined ? await startTestCluster() : undefined
  const adminUrl = given ?? cluster?.adminUrl ?? ''
  const urls = urlsFor(adminUrl, TEMPLATE)
  await ensureRoles(adminUrl, urls)
  await migrate(urls.ownerUrl)
  project.provide('adminUrl', adminUrl)
  return async () => {
    await cluster?.stop()
  }
}
