import { AppError } from '../../platform/errors.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { listTenantRow } from './export-lists.queries.ts'
import { writeExport, type WriteDeps } from './write-export.ts'

/**
 * Everything of a tenant for whoever sits at the machine, but chats, which are their persons' own.
 * @returns bytes of the file
 * @throws AppError conflict where nobody has entered it yet: until then the control plane alone knows of it
 */
export async function exportTenant(
  deps: WriteDeps & { tenancy: Tenancy },
  tenantId: string,
  write: (piece: Buffer) => Promise<void>,
): Promise<number> {
  const actor = { type: 'operator', userId: null } as const
  const tenant = deps.tenancy.enter({ tenantId, actor, requestId: null })
  if ((await listTenantRow(tenant)).length === 0)
    throw new AppError('conflict', { detail: 'Nobody has entered this workspace yet: it holds nothing' })
  // Before the first byte: a file that nobody knows of would be worse than a record of one that broke off.
  await tenant.bulk((tx) =>
    recordAuditEvent(tx, {
      action: 'export.requested',
      entity: 'tenants',
      entityId: tenantId,
      after: { by: 'command line' },
      at: deps.clock.now(),
    }),
  )
  return writeExport(deps, tenant, true, write)
}
