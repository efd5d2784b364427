/**
 * What holds of a tenant's categories: they form trees of at most {@link MAX_DEPTH} levels, without cycles; all of a
 * tree is of its root's kind; and no two of one parent (or two roots of one kind) have the same name.
 */
import type { CategoryKind } from '@chronos/contracts/categories'
import { AppError } from '../../platform/errors.ts'

export const MAX_DEPTH = 5

export interface Node {
  id: string
  parent_id: string | null
  name: string
  kind: CategoryKind
  version: number
}

/** A tenant's categories by id. */
export type Tree = ReadonlyMap<string, Node>

/** @throws AppError unknown_reference where the tree has no such parent */
export function parentIn(tree: Tree, parentId: string | null): Node | null {
  if (parentId === null) return null
  const parent = tree.get(parentId)
  if (parent) return parent
  throw new AppError('unknown_reference', {
    detail: 'There is no such parent category',
    fields: [{ path: 'parentId', message: 'Unknown category' }],
  })
}

/** Levels from the root down to this category: 1 for a root. */
export function depthOf(tree: Tree, node: Node | null): number {
  let depth = 0
  for (let each = node; each !== null; each = parentIn(tree, each.parent_id)) depth += 1
  return depth
}

/** A category and all under it, it first. */
export function subtreeOf(tree: Tree, id: string): Node[] {
  const children = Map.groupBy(tree.values(), (node) => node.parent_id)
  const found: Node[] = []
  const waiting = [tree.get(id)]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    found.push(node)
    waiting.push(...(children.get(node.id) ?? []))
  }
  return found
}

/** @throws AppError category_cycle, or invalid_request where the tree would be too deep */
export function assertMayMove(tree: Tree, node: Node, parent: Node | null): void {
  const under = subtreeOf(tree, node.id)
  if (parent && under.includes(parent)) {
    throw new AppError('category_cycle', {
      detail: 'A category cannot be put under itself or under a category of its own',
      fields: [{ path: 'parentId', message: 'Is the category itself, or under it' }],
    })
  }
  const own = depthOf(tree, node)
  const height = Math.max(...under.map((each) => depthOf(tree, each) - own + 1))
  assertDepth(depthOf(tree, parent) + height)
}

/** @throws AppError invalid_request */
export function assertDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return
  throw new AppError('invalid_request', {
    detail: `Categories go ${MAX_DEPTH} levels deep at most`,
    fields: [{ path: 'parentId', message: 'Too deep' }],
  })
}

/** @throws AppError name_taken; names that differ in case alone are the same */
export function assertNameFree(tree: Tree, place: Omit<Node, 'id' | 'version'>, except: string | null): void {
  const folded = place.name.toLowerCase()
  for (const node of tree.values()) {
    if (node.id === except || node.parent_id !== place.parent_id || node.kind !== place.kind) continue
    if (node.name.toLowerCase() !== folded) continue
    throw new AppError('name_taken', {
      detail: 'There is a category of this name in the same place',
      fields: [{ path: 'name', message: 'Taken' }],
    })
  }
}
