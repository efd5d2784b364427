import { createBudget, deleteBudget, listBudgets, updateBudget } from '@chronos/contracts/budgets'
import type { Budget, BudgetCreate, BudgetUpdate } from '@chronos/contracts/budgets'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { invalidateTopics } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

export function budgetsQuery(tenantId: string, month: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'budgets', 'list', month),
    queryFn: ({ signal }): Promise<Budget[]> =>
      listAll((cursor) => call(listBudgets, { query: { month, limit: 200, cursor }, signal })),
  })
}

export function useSaveBudget() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (input: { create: BudgetCreate } | { budget: Budget; changes: BudgetUpdate }) =>
      'create' in input
        ? call(createBudget, { body: input.create })
        : call(updateBudget, {
            params: { id: input.budget.id },
            body: input.changes,
            ifMatch: input.budget.version,
          }),
    onSuccess: () => invalidateTopics(tenantId, ['budgets']),
  })
}

export function useDeleteBudget() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (budget: Budget) =>
      call(deleteBudget, { params: { id: budget.id }, ifMatch: budget.version }),
    onSuccess: () => invalidateTopics(tenantId, ['budgets']),
  })
}
