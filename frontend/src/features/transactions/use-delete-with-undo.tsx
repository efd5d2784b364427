import { Button, Group } from '@mantine/core'
import type { Transaction } from '@chronos/contracts/transactions'
import { useTranslation } from 'react-i18next'
import { hideToast, toast, toastDone } from '../../lib/toasts.ts'
import { useDeleteTransaction, useRestoreTransaction } from './transaction-queries.ts'

const UNDO_MS = 10_000

/** Deletes at once and offers the way back, instead of asking first. */
export function useDeleteWithUndo(): (transaction: Transaction) => void {
  const { t } = useTranslation()
  const remove = useDeleteTransaction()
  const restore = useRestoreTransaction()
  const offerUndo = (transaction: Transaction): void => {
    const id = `undo-${transaction.id}`
    const undo = (): void => {
      void hideToast(id)
      restore.mutateAsync(transaction.id).then(() => toastDone(t('transactions.restored')), ignore)
    }
    toast({
      id,
      color: 'gray',
      autoClose: UNDO_MS,
      closeButtonProps: { 'aria-label': t('common.close') },
      message: (
        <Group justify="space-between" wrap="nowrap" gap="md">
          <span>
            {t(transaction.transferId === null ? 'transactions.deleted' : 'transactions.transfer_deleted')}
          </span>
          <Button size="compact-sm" variant="light" onClick={undo}>
            {t('common.undo')}
          </Button>
        </Group>
      ),
    })
  }
  // Promises, not the callbacks of `mutate`: those are dropped when the form that deleted has closed meanwhile.
  return (transaction) => void remove.mutateAsync(transaction).then(() => offerUndo(transaction), ignore)
}

/** A refusal has its toast from the mutation cache. */
function ignore(): void {}
