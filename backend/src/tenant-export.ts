/**
 * `make tenant-export TENANT=… [OUT=…]`: all data of a workspace as a ZIP of JSON and CSV, the same as its owner gets, with
 * the audit log and without chats, which are their persons' own. The workspace's audit log tells of it.
 */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { once } from 'node:events'
import { exportTenant } from './modules/exports/command-line.service.ts'
import { getTenant } from './modules/control-plane/tenants.service.ts'
import { runInContext } from './operator-program.ts'
import { AppError } from './platform/errors.ts'

const [tenantId = '', out = ''] = process.argv.slice(2)
if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenantId)) {
  process.stderr.write('Say which: make tenant-export TENANT=<id of make tenant-list> [OUT=file.zip]\n')
  process.exit(2)
}
const path = out === '' ? `chronos-${tenantId}-${new Date().toISOString().slice(0, 10)}.zip` : out
// From a container, whose files do not stay: by a descriptor of its own, where no line of a log gets between.
const isPiped = out === '-'
await runInContext(async (context) => {
  const { id } = await getTenant(context, tenantId.toLowerCase())
  // Never over a file that is there; books are for nobody else's eyes.
  const file = isPiped
    ? createWriteStream('', { fd: 3 })
    : createWriteStream(path, { flags: 'wx', mode: 0o600 })
  if (!isPiped) await once(file, 'open').catch(refuseThere)
  try {
    const sizeBytes = await exportTenant(context, id, async (piece) => {
      if (!file.write(piece)) await once(file, 'drain')
    })
    file.end()
    await once(file, 'close')
    process.stdout.write(isPiped ? `${sizeBytes} bytes\n` : `${path}: ${sizeBytes} bytes\n`)
  } catch (error) {
    file.destroy()
    if (!isPiped) await rm(path, { force: true })
    throw error
  }
}, `There is no workspace ${tenantId}: make tenant-list names them.`)

function refuseThere(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'EEXIST') throw error
  throw new AppError('conflict', { detail: `${path} is there already` })
}
