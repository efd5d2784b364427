/**
 * What audit rows say of persons is ciphertext under each person's key; who may read the log sees it opened, and null
 * where the person was erased. A copy `name_sealed` is shown as `name`.
 */
import type { DataKeys, Opener } from '../../platform/data-keys.ts'

type Image = Record<string, unknown>

interface Imaged {
  entity: string
  before: Image | null
  after: Image | null
}

/** Sealed columns, by entity. A text elsewhere that only looks sealed is somebody's own text. */
const SEALED: Readonly<Record<string, ReadonlySet<string>>> = {
  users: new Set(['name_sealed', 'email_sealed']),
  whatsapp_chats: new Set(['name', 'wa_id', 'bsuid']),
  invitations: new Set(['email_sealed']),
}

/** The same rows with their personal values in the clear, by one statement for all of them. */
export async function openImages<Row extends Imaged>(
  dataKeys: DataKeys,
  rows: readonly Row[],
): Promise<Row[]> {
  const open = await dataKeys.openerFor(rows.flatMap(sealedValues))
  return rows.map((row) => ({
    ...row,
    before: opened(row.entity, row.before, open),
    after: opened(row.entity, row.after, open),
  }))
}

function sealedValues({ entity, before, after }: Imaged): unknown[] {
  const columns = SEALED[entity]
  return columns ? [...columns].flatMap((column) => [before?.[column], after?.[column]]) : []
}

function opened(entity: string, image: Image | null, open: Opener): Image | null {
  const columns = SEALED[entity]
  if (!columns || image === null) return image
  return Object.fromEntries(
    Object.entries(image).map(([column, value]) =>
      columns.has(column) && typeof value === 'string'
        ? [column.replace(/_sealed$/, ''), open(value, `app.${entity}.${column}`)]
        : [column, value],
    ),
  )
}
