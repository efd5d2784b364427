import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, inject, it } from 'vitest'
import { urlsFor } from '../test/database.ts'

it('says what to do in one line, where PostgreSQL keeps another password than the settings have', () => {
  const adminUrl = new URL(inject('adminUrl'))
  adminUrl.password = 'another-one-than-it-was-made-with'
  const urls = urlsFor(adminUrl.href, 'chronos')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, 'migrate.ts')],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        DATABASE_ADMIN_URL: adminUrl.href,
        DATABASE_URL: urls.appUrl,
        DATABASE_OWNER_URL: urls.ownerUrl,
        DATABASE_CONTROL_URL: urls.controlUrl,
        DATABASE_BACKUP_URL: urls.backupUrl,
      },
    },
  )
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^PostgreSQL says: password authentication failed for user "\w+"\. .*alter role.*\n$/,
  )
})
