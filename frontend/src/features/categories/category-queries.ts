import { createCategory, deleteCategory, listCategories, updateCategory } from '@chronos/contracts/categories'
import type { Category, CategoryCreate, CategoryUpdate } from '@chronos/contracts/categories'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { invalidateTopics } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

export function categoriesQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'categories', 'list'),
    queryFn: ({ signal }): Promise<Category[]> =>
      listAll((cursor) => call(listCategories, { query: { limit: 500, cursor }, signal })),
    staleTime: 5 * 60_000,
  })
}

export function useCategories() {
  return useQuery(categoriesQuery(useTenantId()))
}

/** The category of an id, while categories are known. */
export function useCategoryOf(): (id: string | null) => Category | undefined {
  const categories = useCategories().data
  return (id) => (id === null ? undefined : categories?.find((category) => category.id === id))
}

export function useSaveCategory() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (input: { create: CategoryCreate } | { category: Category; changes: CategoryUpdate }) =>
      'create' in input
        ? call(createCategory, { body: input.create })
        : call(updateCategory, {
            params: { id: input.category.id },
            body: input.changes,
            ifMatch: input.category.version,
          }),
    onSuccess: () => invalidateTopics(tenantId, ['categories']),
  })
}

export function useDeleteCategory() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (category: Category) =>
      call(deleteCategory, { params: { id: category.id }, ifMatch: category.version }),
    onSuccess: () => invalidateTopics(tenantId, ['categories']),
  })
}
