import { z } from 'zod'

/** The path parameter of one thing: a UUID (given out as version 7; any version is accepted). */
export const IdParams = z.strictObject({ id: z.guid() })

/** Row version behind the ETag: `"3"`. */
export const Version = z.int().positive()
