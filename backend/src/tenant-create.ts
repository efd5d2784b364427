/**
 * `make tenant-create NAME=… EMAIL=…`: makes a workspace for somebody, who gets a mail, where mail leaves, and becomes its
 * owner by entering it.
 */
import { TenantCreate } from '@chronos/contracts/control'
import { createTenant } from './modules/control-plane/tenants.service.ts'
import { COMMAND_LINE } from './modules/control-plane/command-line.ts'
import { runInContext } from './operator-program.ts'

const [name, ownerEmail, planId, currency, locale, timezone] = process.argv.slice(2)
const input = TenantCreate.safeParse({
  name,
  ownerEmail,
  ...(planId ? { planId } : {}),
  currency: currency || 'BRL',
  locale: locale || 'pt-BR',
  timezone: timezone || 'America/Sao_Paulo',
})
if (!input.success) {
  const wrong = input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  process.stderr.write(
    [
      'Say for whom: make tenant-create NAME="Casa" EMAIL=ana@example.com [PLAN=free CURRENCY=BRL LOCALE=pt-BR TIMEZONE=America/Sao_Paulo]',
      ...wrong,
      '',
    ].join('\n'),
  )
  process.exit(2)
}
await runInContext(async (context, config) => {
  const deps = { ...context, bcryptRounds: config.bcryptRounds }
  const email = input.data.ownerEmail
  const tenant = await createTenant(deps, input.data, COMMAND_LINE)
  process.stdout.write(
    [
      `${tenant.name} is ${tenant.id}, on the plan ${tenant.planId}.`,
      config.email.host === undefined
        ? `${email} becomes its owner by entering it. No mail tells them (EMAIL_HOST is not set): make person-reset-link EMAIL=${email} prints a link to a password.`
        : `${email} gets a mail, and becomes its owner by entering it.`,
      '',
    ].join('\n'),
  )
})
