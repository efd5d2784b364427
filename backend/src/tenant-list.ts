/** `make tenant-list`: the workspaces of this server, newest first, one a line: id, state, plan, use, name. No money. */
import { listAllTenants } from './modules/control-plane/tenants.service.ts'
import { runInContext } from './operator-program.ts'

await runInContext(async (context) => {
  process.stdout.write(`${['id', 'state', 'plan', 'members', 'accounts', 'made', 'name'].join('\t')}\n`)
  for await (const tenant of listAllTenants(context)) {
    // A fresh workspace has not been counted: that is not the same as empty.
    const used = (limit: string): string =>
      tenant.usageAt === null ? '-' : String(tenant.usage[limit]?.used ?? 0)
    const state =
      tenant.deleteAfter === null ? tenant.status : `${tenant.status} ${tenant.deleteAfter.slice(0, 10)}`
    const line = [
      tenant.id,
      state,
      tenant.planId,
      used('members'),
      used('accounts'),
      tenant.createdAt.slice(0, 10),
    ]
    process.stdout.write(`${[...line, tenant.name].join('\t')}\n`)
  }
})
