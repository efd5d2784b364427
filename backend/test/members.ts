/** Further people of a workspace, straight into its tables, where a test is not about how they came. */
import type { Role } from '@chronos/contracts/permissions'
import type { Client, Harness } from './harness.ts'

/** A new person who is signed in to the workspace of somebody else. */
export async function joinAs(
  harness: Harness,
  owner: Client,
  role: Role,
  hiddenAccounts: readonly string[] = [],
): Promise<Client> {
  const person = await harness.signUp()
  const tenantId = owner.session.tenant.id
  const userId = crypto.randomUUID()
  const { admin } = harness.database
  const { rows } = await admin.query<{ id: string }>('select id from control.identities where email = $1', [
    person.email,
  ])
  await admin.query(
    `insert into app.users (tenant_id, id, identity_id, name, email, role, locale, status, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, 'pt-BR', 'active', now(), now())`,
    [tenantId, userId, rows[0]?.id, person.session.user.name, person.email, role],
  )
  for (const accountId of hiddenAccounts) {
    await admin.query(
      'insert into app.account_restrictions (tenant_id, user_id, account_id, created_at) values ($1, $2, $3, now())',
      [tenantId, userId, accountId],
    )
  }
  await admin.query(
    `insert into control.memberships (identity_id, tenant_id, user_id, tenant_name, state, created_at)
     values ($1, $2, $3, 'Workspace', 'active', now())`,
    [rows[0]?.id, tenantId, userId],
  )
  const answer = await person.post('/auth/switch', { tenantId, includeRefreshToken: true })
  if (answer.status !== 200) throw new Error(`no way in: ${JSON.stringify(answer.body)}`)
  return harness.clientFor(answer.body, { email: person.email, password: person.password })
}
