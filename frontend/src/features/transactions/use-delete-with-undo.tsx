import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Transaction } from '@chronos/contracts/transactions'
import { useTranslation } from 'react-i18next'
import { toastDone } from '../../lib/toasts.ts'
import { useDeleteTransaction, useRestoreTransaction } from './transaction-queries.ts'

const UNDO_MS = 10_000

/** Deletes at once and offers the way back, instead of asking first. */
export function useDeleteWithUndo(): (transaction: Transaction) => void {
  const { t } = useTranslation()
  const remove = useDeleteTransaction()
  const restore = useRestoreTransaction()
  return (transaction) =>
    remove.mutate(transaction, {
      onSuccess: () => {
        const id = `undo-${transaction.id}`
        const undo = (): void => {
          notifications.hide(id)
          restore.mutate(transaction.id, { onSuccess: () => toastDone(t('transactions.restored')) })
        }
        notifications.show({
          id,
          color: 'gray',
          autoClose: UNDO_MS,
          closeButtonProps: { 'aria-label': t('common.close') },
          message: (
            <Group justify="space-between" wrap="nowrap" gap="md">
              <span>
                {t(
                  transaction.transferId === null ? 'transactions.deleted' : 'transactions.transfer_deleted',
                )}
              </span>
              <Button size="compact-sm" variant="light" onClick={undo}>
                {t('common.undo')}
              </Button>
            </Group>
          ),
        })
      },
    })
}
