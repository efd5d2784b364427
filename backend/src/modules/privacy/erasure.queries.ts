/** What erasing reads and removes: rows of one tenant under its context, and rows of the control plane. */
import type { ControlQueries } from '../../platform/control.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface Place {
  tenant_id: string
  user_id: string
}

/** Every workspace that the person is or was in. */
export function listPlaces(control: ControlQueries, identityId: string): Promise<Place[]> {
  return control.query<Place>(
    'select tenant_id::text, user_id::text from control.memberships where identity_id = $1 order by 1',
    identityId,
  )
}

export interface Company {
  name: string
  role: string
  status: string
  /** Active members beside the person, and owners among them. */
  others: number
  owners: number
}

/** Who else is in a workspace; null where the person has no row there. */
export async function findCompany(tenant: Tenant, userId: string): Promise<Company | null> {
  const [row] = await tenant.read<Company>({
    name: 'erasure-company',
    text: `select t.name, u.role, u.status,
        (select count(*)::int from app.users o where o.tenant_id = $1 and o.id <> $2 and o.status = 'active') as others,
        (select count(*)::int from app.users o where o.tenant_id = $1 and o.id <> $2 and o.status = 'active' and o.role = 'owner') as owners
      from app.users u join app.tenants t on t.tenant_id = u.tenant_id where u.tenant_id = $1 and u.id = $2`,
    values: [tenant.id, userId],
  })
  return row ?? null
}

/** Meta's ids of the person's messages since: webhook events are still known by them. */
export async function listWamids(tenant: Tenant, userId: string, since: Date): Promise<string[]> {
  const rows = await tenant.read<{ wamid: string }>({
    text: `select m.wamid from app.whatsapp_messages m
      join app.whatsapp_chats c on c.tenant_id = $1 and c.id = m.chat_id
      where m.tenant_id = $1 and c.user_id = $2 and m.wamid is not null and m.created_at >= $3`,
    values: [tenant.id, userId, since],
  })
  return rows.map((row) => row.wamid)
}

/** Who wrote in the person's chats, as stored. */
export async function listSenders(
  tenant: Tenant,
  userId: string,
): Promise<{ bsuid: string | null; wa_id: string | null }[]> {
  return tenant.read({
    text: 'select bsuid, wa_id from app.whatsapp_chats where tenant_id = $1 and user_id = $2',
    values: [tenant.id, userId],
  })
}

/** Takes the person out of one workspace; its books stay. Doing it twice changes nothing more. */
export async function eraseMember(
  tx: TenantQueries,
  person: { userId: string; names: readonly string[]; label: string },
  now: Date,
): Promise<void> {
  const { userId, names, label } = person
  const own = [tx.tenantId, userId] as const
  const chats = 'select c.id from app.whatsapp_chats c where c.tenant_id = $1 and c.user_id = $2'
  await tx.query(
    `update app.users set name = $3, email = 'erased-' || $2::text || '@erased.invalid', name_sealed = null, email_sealed = null,
       status = 'removed', updated_at = $4, version = version + 1
     where tenant_id = $1 and id = $2::uuid and email <> 'erased-' || $2::text || '@erased.invalid'`,
    ...own,
    label,
    now,
  )
  await tx.query(
    `delete from app.whatsapp_messages m where m.tenant_id = $1 and m.chat_id in (${chats}) and not exists (
       select 1 from app.transactions t where t.tenant_id = $1 and t.whatsapp_message_id = m.id)`,
    ...own,
  )
  await tx.query(
    `update app.whatsapp_messages set text = null, payload = null, wamid = null, error = null
     where tenant_id = $1 and chat_id in (${chats})`,
    ...own,
  )
  await tx.query(
    `update app.whatsapp_chats set name = null, wa_id = null, bsuid = null, state = 'unlinked', updated_at = $3, version = version + 1
     where tenant_id = $1 and user_id = $2 and (state = 'linked' or name is not null or wa_id is not null or bsuid is not null)`,
    ...own,
    now,
  )
  await tx.query('delete from app.exports where tenant_id = $1 and requested_by = $2', ...own)
  await tx.query(
    `delete from app.idempotency_keys where tenant_id = $1 and (user_id = $2 or exists (
       select 1 from unnest($3::text[]) as word where position(word in response::text) > 0))`,
    ...own,
    names,
  )
}

/** Invitations that went to an address. @returns their ids, which are the owners of their keys */
export async function eraseInvitations(tx: TenantQueries, email: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'delete from app.invitations where tenant_id = $1 and email = $2 returning id::text',
    tx.tenantId,
    email,
  )
  return rows.map((row) => row.id)
}

/** A workspace that nobody is left in ends now, without the days of grace: the job that deletes workspaces takes it. */
export async function endWorkspace(tx: TenantQueries, now: Date): Promise<void> {
  await tx.query(
    `update app.tenants set deletion_requested_at = coalesce(deletion_requested_at, $2), delete_after = $2, updated_at = $2,
       version = version + 1 where tenant_id = $1`,
    tx.tenantId,
    now,
  )
}

/** Workspaces that invited an address, by the links and mails that went there. */
export async function listInviters(control: ControlQueries, email: string): Promise<string[]> {
  const rows = await control.query<{ tenant_id: string }>(
    `select tenant_id::text from control.link_tokens where email = $1 and tenant_id is not null
     union select tenant_id::text from control.mails where recipient = $1 and tenant_id is not null`,
    email,
  )
  return rows.map((row) => row.tenant_id)
}

export async function listSessionIds(control: ControlQueries, identityId: string): Promise<string[]> {
  const rows = await control.query<{ id: string }>(
    'select id::text from control.sessions where identity_id = $1',
    identityId,
  )
  return rows.map((row) => row.id)
}

/** The sender's keys of whoever is linked in a workspace. */
export async function listSenderKeys(control: ControlQueries, place: Place): Promise<string[]> {
  const rows = await control.query<{ sender_key: string }>(
    'select sender_key from control.whatsapp_senders where tenant_id = $1 and user_id = $2',
    place.tenant_id,
    place.user_id,
  )
  return rows.map((row) => row.sender_key)
}

/** Webhook events of these senders and messages, waiting or handled. */
export async function eraseEvents(
  control: ControlQueries,
  senders: readonly string[],
  wamids: readonly string[],
): Promise<void> {
  await control.query(
    `delete from control.inbound_events
     where sender_key = any($1::text[]) or split_part(event_key, ':', 2) = any($2::text[])`,
    senders,
    wamids,
  )
}

export async function eraseLinks(control: ControlQueries, place: Place): Promise<void> {
  for (const table of ['control.whatsapp_senders', 'control.whatsapp_link_codes']) {
    await control.query(
      `delete from ${table} where tenant_id = $1 and user_id = $2`,
      place.tenant_id,
      place.user_id,
    )
  }
}

/** Mails and links to the person, and mails to others that name them. */
export async function eraseMails(
  control: ControlQueries,
  identityId: string,
  names: readonly string[],
): Promise<void> {
  await control.query(
    'delete from control.link_tokens where identity_id = $1 or email = any($2::text[])',
    identityId,
    names,
  )
  await control.query(
    `delete from control.mails where identity_id = $1 or recipient = any($2::text[]) or exists (
       select 1 from unnest($2::text[]) as word where position(word in params::text) > 0)`,
    identityId,
    names,
  )
}

export async function endRegisteredTenant(
  control: ControlQueries,
  tenantId: string,
  now: Date,
): Promise<void> {
  await control.query(
    "update control.registered_tenants set status = 'deleting', delete_after = $2, version = version + 1 where tenant_id = $1",
    tenantId,
    now,
  )
}

/** The person, and by cascade memberships, sessions, tokens, factors, consents, events and files of theirs. */
export async function deleteIdentity(control: ControlQueries, identityId: string): Promise<void> {
  await control.query('delete from control.identities where id = $1', identityId)
}
