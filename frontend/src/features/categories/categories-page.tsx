import { Button, Card, SimpleGrid, Skeleton, Title } from '@mantine/core'
import type { Category } from '@chronos/contracts/categories'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconCategory, IconPlus } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan } from '../../lib/session.tsx'
import { CategoryDialog } from './category-dialog.tsx'
import { CategoryRow } from './category-row.tsx'
import { useCategories } from './category-queries.ts'
import { flattenTree, treeOf } from './category-tree.ts'

const KINDS = ['expense', 'income'] as const

export interface CategoryDraft {
  /** null: a new one. */
  category: Category | null
  parent: Category | null
  kind: 'expense' | 'income'
}

export function CategoriesPage() {
  const { t } = useTranslation()
  const canWrite = useCan('ledger.write')
  const [draft, setDraft] = useState<CategoryDraft | null>(null)
  const add = canWrite && (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => setDraft({ category: null, parent: null, kind: 'expense' })}
    >
      {t('categories.add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('categories.title')} hint={t('categories.hint')}>
        {add}
      </PageHeader>
      <QueryView
        query={useCategories()}
        skeleton={
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Skeleton h={420} radius="lg" />
            <Skeleton h={240} radius="lg" />
          </SimpleGrid>
        }
        isEmpty={(categories) => categories.length === 0}
        empty={
          <EmptyNotice icon={<IconCategory />} title={t('categories.empty')}>
            {add}
          </EmptyNotice>
        }
      >
        {(categories) => (
          <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
            {KINDS.map((kind) => (
              <Card key={kind} p="sm" component="section" aria-labelledby={`kind-${kind}`}>
                <Title order={2} id={`kind-${kind}`} px={8} pb={6}>
                  {t(`categories.kind.${kind}`)}
                </Title>
                <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
                  {flattenTree(treeOf(categories.filter((category) => category.kind === kind))).map(
                    ({ category, depth }) => (
                      <CategoryRow
                        key={category.id}
                        category={category}
                        depth={depth}
                        canWrite={canWrite}
                        onDraft={setDraft}
                      />
                    ),
                  )}
                </ul>
              </Card>
            ))}
          </SimpleGrid>
        )}
      </QueryView>
      {draft && <CategoryDialog draft={draft} onClose={() => setDraft(null)} />}
    </>
  )
}
