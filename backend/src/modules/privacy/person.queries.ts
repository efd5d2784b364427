import type { ControlQueries } from '../../platform/control.ts'

export interface PersonRow {
  id: string
  email: string
  name: string
  locale: string
  email_verified_at: string | null
  created_at: string
}

export async function findPerson(control: ControlQueries, identityId: string): Promise<PersonRow | null> {
  const [row] = await control.query<PersonRow>(
    'select id::text, email, name, locale, email_verified_at, created_at from control.identities where id = $1',
    identityId,
  )
  return row ?? null
}
