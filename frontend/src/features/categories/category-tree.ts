import type { Category } from '@chronos/contracts/categories'

export interface CategoryNode {
  category: Category
  depth: number
  children: CategoryNode[]
}

/** The flat list as a tree; who names an unknown parent, or is caught in a ring, stands at the root. */
export function treeOf(categories: readonly Category[]): CategoryNode[] {
  const byId = new Map(categories.map((category) => [category.id, category]))
  const childrenOf = new Map<string | null, Category[]>()
  for (const category of categories) {
    const parent = category.parentId !== null && byId.has(category.parentId) ? category.parentId : null
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), category])
  }
  const build = (parent: string | null, depth: number): CategoryNode[] =>
    (childrenOf.get(parent) ?? []).map((category) => ({
      category,
      depth,
      children: depth > 8 ? [] : build(category.id, depth + 1),
    }))
  return build(null, 0)
}

/** Parents before their children. */
export function flattenTree(nodes: readonly CategoryNode[]): CategoryNode[] {
  return nodes.flatMap((node) => [node, ...flattenTree(node.children)])
}

/** A category and all under it: where it cannot be moved to. */
export function familyOf(categories: readonly Category[], id: string): Set<string> {
  const family = new Set([id])
  for (let before = 0; before !== family.size;) {
    before = family.size
    for (const { id: child, parentId } of categories)
      if (parentId !== null && family.has(parentId)) family.add(child)
  }
  return family
}
