/**
 * A tenant's tree of categories. Every change first takes the lock on the whole tree (see {@link lockTree}), so that
 * its rules hold however many change it at once.
 */
import type { Category, CategoryCreate, CategoryUpdate } from '@chronos/contracts/categories'
import { AppError, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenant, Tx } from '../../platform/tenancy.ts'
import * as queries from './categories.queries.ts'
import {
  assertDepth,
  assertMayMove,
  assertNameFree,
  depthOf,
  parentIn,
  subtreeOf,
} from './categories.rules.ts'
import type { Node, Tree } from './categories.rules.ts'
import { defaultTree, treeLanguage } from './default-tree.ts'

/** Plants the first tree of a new workspace, in the language of `locale` (pt, es, else en), in one statement. */
export async function createDefaultCategories(tx: Tx, locale: string, now: Date): Promise<void> {
  const language = treeLanguage(locale)
  const ids = new Map(defaultTree.map((category) => [category.key, newId()]))
  await tx.prisma.category.createMany({
    data: defaultTree.map((category) => ({
      tenantId: tx.tenantId,
      id: ids.get(category.key) ?? newId(),
      parentId: category.parentKey === null ? null : (ids.get(category.parentKey) ?? null),
      key: category.key,
      name: category.names[language],
      kind: category.kind,
      icon: category.icon,
      color: category.color,
      createdAt: now,
      updatedAt: now,
    })),
  })
  tx.changed('categories', 'audit')
}

/** @throws AppError name_taken, unknown_reference, invalid_request (another kind than the parent's, or too deep) */
export function createCategory(tenant: Tenant, body: CategoryCreate, now: Date): Promise<Category> {
  return tenant.command(async (tx) => {
    const tree = await queries.lockTree(tx)
    const parent = parentIn(tree, body.parentId?.toLowerCase() ?? null)
    const kind = parent?.kind ?? body.kind ?? 'expense'
    if (body.kind !== undefined && body.kind !== kind) {
      throw new AppError('invalid_request', {
        detail: "A category is of its parent's kind",
        fields: [{ path: 'kind', message: `The parent is of kind ${kind}` }],
      })
    }
    assertDepth(depthOf(tree, parent) + 1)
    assertNameFree(tree, { parent_id: parent?.id ?? null, name: body.name, kind }, null)
    const row = await queries.insertCategory(tx, {
      id: newId(),
      parentId: parent?.id ?? null,
      name: body.name,
      kind,
      icon: body.icon ?? null,
      color: body.color ?? null,
      at: now.toISOString(),
    })
    tx.changed('categories', 'audit')
    return queries.categoryOf(row)
  })
}

/**
 * Renames or moves. What moves into a tree of the other kind takes that kind, with all under it.
 * @param expectedVersion the version that the caller saw; null where any will do
 * @throws AppError not_found, precondition_failed, name_taken, category_cycle, unknown_reference, invalid_request
 */
export function updateCategory(
  tenant: Tenant,
  id: string,
  body: CategoryUpdate,
  expectedVersion: number | null,
  now: Date,
): Promise<Category> {
  return tenant.command(async (tx) => {
    const tree = await queries.lockTree(tx)
    const node = expected(tree, id, expectedVersion)
    const before = await tx.prisma.category.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: tx.tenantId, id: node.id } },
    })
    const parent =
      body.parentId === undefined
        ? parentIn(tree, node.parent_id)
        : parentIn(tree, body.parentId?.toLowerCase() ?? null)
    assertMayMove(tree, node, parent)
    const kind = parent?.kind ?? node.kind
    const name = body.name ?? node.name
    assertNameFree(tree, { parent_id: parent?.id ?? null, name, kind }, node.id)
    const at = now.toISOString()
    const row = await queries.updateCategory(tx, node.id, {
      parentId: parent?.id ?? null,
      name,
      kind,
      icon: body.icon === undefined ? before.icon : body.icon,
      color: body.color === undefined ? before.color : body.color,
      at,
    })
    if (kind !== node.kind) {
      const under = subtreeOf(tree, node.id).slice(1)
      if (under.length > 0)
        await queries.setKind(
          tx,
          under.map((each) => each.id),
          kind,
          at,
        )
    }
    tx.changed('categories', 'audit')
    return queries.categoryOf(row)
  })
}

/** @throws AppError not_found, precondition_failed, in_use (children, lines of transactions or budgets refer to it) */
export function deleteCategory(tenant: Tenant, id: string, expectedVersion: number | null): Promise<void> {
  return tenant.command(async (tx) => {
    const tree = await queries.lockTree(tx)
    const node = expected(tree, id, expectedVersion)
    const uses = await queries.usesOf(tx, node.id)
    const users = Object.entries(uses).flatMap(([what, used]) =>
      used ? [USERS[what as keyof typeof uses]] : [],
    )
    if (users.length > 0)
      throw new AppError('in_use', { detail: `The category is used by ${users.join(' and ')}` })
    await queries.deleteCategory(tx, node.id)
    tx.changed('categories', 'audit')
  })
}

const USERS = { children: 'categories under it', lines: 'transactions', budgets: 'budgets' } as const

function expected(tree: Tree, id: string, version: number | null): Node {
  const node = tree.get(id.toLowerCase())
  if (!node) throw notFound('Category')
  if (version !== null && version !== node.version) {
    throw new AppError('precondition_failed', { detail: 'The category has changed since you saw it' })
  }
  return node
}
