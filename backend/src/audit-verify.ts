/**
 * `make audit-verify`: recomputes the chain of every tenant's audit log, holds it to the heads that were published
 * outside the database, and ends with 1 where a row is broken. The first broken row of each tenant is named.
 */
import { findBrokenChains } from './modules/audit/audit-verify.service.ts'
import { runInContext } from './operator-program.ts'

await runInContext(async (context, config) => {
  const summary = await findBrokenChains(context, config.auditHeadFile, (line) =>
    process.stdout.write(`${line}\n`),
  )
  process.exitCode = summary.broken === 0 ? 0 : 1
})
