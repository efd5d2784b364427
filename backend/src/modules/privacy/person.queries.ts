import type { ControlQueries } from '../../platform/control.ts'
import type { QueueName } from '../../platform/queues.ts'

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

/** A job about a person, in the caller's transaction. */
export async function enqueue(control: ControlQueries, queue: QueueName, subjectId: string): Promise<void> {
  await control.query('select control.enqueue($1, null, $2, null)', queue, subjectId)
}
