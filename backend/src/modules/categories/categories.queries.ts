import type { Category, CategoryKind } from '@chronos/contracts/categories'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Statement } from '../../platform/database.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import type { Node } from './categories.rules.ts'

export interface CategoryRow extends Node {
  key: string | null
  icon: string | null
  color: string | null
  created_at: string
  updated_at: string
}

const COLUMNS = 'id::text, parent_id::text, key, name, kind, icon, color, created_at, updated_at, version'

export function categoryOf(row: CategoryRow): Category {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    parentId: row.parent_id,
    key: row.key,
    icon: row.icon,
    color: row.color,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}

/** By name, in the order of code points: the web sorts as its language does. One more than the limit. */
export function listCategories(
  tenant: Tenant,
  limit: number,
  cursor: string | undefined,
): Promise<CategoryRow[]> {
  const [name, id] = decodeCursor(cursor, ['text', 'uuid'])
  const statement: Statement = {
    name: 'categories.list',
    text: `select ${COLUMNS} from app.categories
      where tenant_id = $1 and ($2::text is null or (name collate "C", id) > ($2::text collate "C", $3::uuid))
      order by name collate "C", id limit $4`,
    values: [tenant.id, name, id, limit + 1],
  }
  // Whole trees are asked for by every page of the web; what continues one, by hardly anybody.
  if (cursor !== undefined) return tenant.readLagging(statement)
  return tenant.readKept({ key: `categories:${limit}`, revision: treeRevision(tenant.id), statement })
}

/** A tree that differs has other categories, or one of another version (migration 0110 sees to it). */
function treeRevision(tenantId: string): Statement {
  return {
    name: 'categories.revision',
    text: `select md5(string_agg(id::text || version, ',' order by id)) as revision
      from app.categories where tenant_id = $1`,
    values: [tenantId],
  }
}

export async function findCategory(tenant: Tenant, id: string): Promise<CategoryRow | null> {
  const [row] = await tenant.read<CategoryRow>({
    name: 'categories.get',
    text: `select ${COLUMNS} from app.categories where tenant_id = $1 and id = $2`,
    values: [tenant.id, id],
  })
  return row ?? null
}

/**
 * The tenant's whole tree, and the right to change it until the transaction ends. What is locked is the tenant's row,
 * in a strength that lets foreign keys to it be checked: writers of the ledger do not wait.
 */
export async function lockTree(tx: TenantQueries): Promise<Map<string, Node>> {
  await tx.query('select 1 from app.tenants where tenant_id = $1::uuid for no key update', tx.tenantId)
  const nodes = await tx.query<Node>(
    'select id::text, parent_id::text, name, kind, version from app.categories where tenant_id = $1::uuid',
    tx.tenantId,
  )
  return new Map(nodes.map((node) => [node.id, node]))
}

export interface NewCategory {
  id: string
  parentId: string | null
  name: string
  kind: CategoryKind
  icon: string | null
  color: string | null
  at: string
}

export async function insertCategory(tx: TenantQueries, category: NewCategory): Promise<CategoryRow> {
  const rows = await tx.query<CategoryRow>(
    `insert into app.categories (tenant_id, id, parent_id, name, kind, icon, color, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8::timestamptz, $8::timestamptz) returning ${COLUMNS}`,
    tx.tenantId,
    category.id,
    category.parentId,
    category.name,
    category.kind,
    category.icon,
    category.color,
    category.at,
  )
  return rows[0] as CategoryRow
}

export async function updateCategory(
  tx: TenantQueries,
  id: string,
  next: Omit<NewCategory, 'id'>,
): Promise<CategoryRow> {
  const rows = await tx.query<CategoryRow>(
    `update app.categories set parent_id = $3::uuid, name = $4, kind = $5, icon = $6, color = $7,
       updated_at = $8::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid returning ${COLUMNS}`,
    tx.tenantId,
    id,
    next.parentId,
    next.name,
    next.kind,
    next.icon,
    next.color,
    next.at,
  )
  return rows[0] as CategoryRow
}

/** Gives categories the kind of the tree that they have come into. */
export async function setKind(
  tx: TenantQueries,
  ids: readonly string[],
  kind: CategoryKind,
  at: string,
): Promise<void> {
  await tx.query(
    `update app.categories set kind = $3, updated_at = $4::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = any($2::uuid[])`,
    tx.tenantId,
    ids,
    kind,
    at,
  )
}

/** Locks a category against new rows that would refer to it, and tells what refers to it. */
export async function usesOf(
  tx: TenantQueries,
  id: string,
): Promise<{ children: boolean; lines: boolean; budgets: boolean }> {
  await tx.query(
    'select 1 from app.categories where tenant_id = $1::uuid and id = $2::uuid for update',
    tx.tenantId,
    id,
  )
  const [uses] = await tx.query<{ children: boolean; lines: boolean; budgets: boolean }>(
    `select
       exists (select from app.categories c where c.tenant_id = $1::uuid and c.parent_id = $2::uuid) as children,
       exists (select from app.transaction_lines l
         where l.tenant_id = $1::uuid and l.category_id = $2::uuid and not l.is_void) as lines,
       exists (select from app.budgets b where b.tenant_id = $1::uuid and b.category_id = $2::uuid) as budgets`,
    tx.tenantId,
    id,
  )
  return uses ?? { children: false, lines: false, budgets: false }
}

/** Lines of deleted transactions let go of the category, else nobody could ever delete it. */
export async function deleteCategory(tx: TenantQueries, id: string): Promise<void> {
  await tx.query(
    `update app.transaction_lines set category_id = null
     where tenant_id = $1::uuid and category_id = $2::uuid and is_void`,
    tx.tenantId,
    id,
  )
  await tx.query('delete from app.categories where tenant_id = $1::uuid and id = $2::uuid', tx.tenantId, id)
}
