/**
 * What names a person in a workspace stands there twice: readable, for lists, and under the person's key, which is what
 * the audit log takes. Whoever writes `name` or `email` of app.users writes its sealed copy beside it.
 */
import type { DataKeys } from '../../platform/data-keys.ts'

/** The sealed copies, as Prisma names their columns. @throws AppError not_found for a person who was erased */
export async function sealedPerson(
  dataKeys: DataKeys,
  identityId: string,
  person: { name: string; email: string },
): Promise<{ nameSealed: string; emailSealed: string }> {
  const key = await dataKeys.of(identityId)
  return {
    nameSealed: key.seal(person.name, 'app.users.name_sealed'),
    emailSealed: key.seal(person.email, 'app.users.email_sealed'),
  }
}
