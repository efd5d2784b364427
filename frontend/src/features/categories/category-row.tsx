import { ActionIcon, Menu } from '@mantine/core'
import type { Category } from '@chronos/contracts/categories'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from '@tanstack/react-router'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { IconEdit, IconMore, IconPlus, IconTransactions, IconTrash } from '../../components/icons.ts'
import { toastDone } from '../../lib/toasts.ts'
import type { CategoryDraft } from './categories-page.tsx'
import { CategoryDot } from './category-dot.tsx'
import { useDeleteCategory } from './category-queries.ts'
import classes from './category.module.css'

interface CategoryRowProps {
  category: Category
  depth: number
  canWrite: boolean
  onDraft: (draft: CategoryDraft) => void
}

export function CategoryRow({ category, depth, canWrite, onDraft }: CategoryRowProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDeleteCategory()
  const [asking, setAsking] = useState(false)
  return (
    <li className={classes['row']} style={{ paddingInlineStart: 8 + depth * 26 }}>
      <CategoryDot category={category} />
      <span className={classes['name']} data-root={depth === 0 || undefined}>
        {category.name}
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('common.actions_of', { name: category.name })}
          >
            <IconMore size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconTransactions size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/transactions', search: { categoryId: category.id } })}
          >
            {t('budgets.see_transactions')}
          </Menu.Item>
          {canWrite && (
            <>
              <Menu.Item
                leftSection={<IconPlus size={16} aria-hidden />}
                onClick={() => onDraft({ category: null, parent: category, kind: category.kind })}
              >
                {t('categories.add_under')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconEdit size={16} aria-hidden />}
                onClick={() => onDraft({ category, parent: null, kind: category.kind })}
              >
                {t('categories.edit')}
              </Menu.Item>
              <Menu.Item
                color="goiaba"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => setAsking(true)}
              >
                {t('common.delete')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking}
        title={t('categories.delete_title', { name: category.name })}
        action={t('common.delete')}
        busy={remove.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(category, {
            onSuccess: () => toastDone(t('categories.deleted')),
            onSettled: () => setAsking(false),
          })
        }
      >
        {t('categories.delete_hint')}
      </ConfirmDialog>
    </li>
  )
}
