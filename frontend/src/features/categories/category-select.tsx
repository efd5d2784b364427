import { searchForm } from '@chronos/contracts/text'
import { Group, Select } from '@mantine/core'
import type { ComboboxItem, SelectProps } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CategoryDot } from './category-dot.tsx'
import { useCategories } from './category-queries.ts'
import { flattenTree, treeOf } from './category-tree.ts'

interface CategorySelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  value?: string | null
  onChange: (id: string | null) => void
  /** Only categories of this kind. */
  kind?: 'expense' | 'income' | undefined
  /** Left out, with all under them. */
  except?: ReadonlySet<string>
  extra?: { value: string; label: string }[]
}

/** A category of the tree; typing finds it by the beginning of any word of its name or its parent's, accents or not. */
export function CategorySelect({
  value = null,
  onChange,
  kind,
  except,
  extra = [],
  ...rest
}: CategorySelectProps) {
  const { t } = useTranslation()
  const categories = useCategories().data
  const { options, depths, words, byId } = useMemo(() => {
    const all = categories ?? []
    const known = new Map(all.map((category) => [category.id, category]))
    const nodes = flattenTree(treeOf(all)).filter(
      ({ category }) => (kind === undefined || category.kind === kind) && except?.has(category.id) !== true,
    )
    return {
      byId: known,
      options: nodes.map(({ category }) => ({ value: category.id, label: category.name })),
      depths: new Map(nodes.map(({ category, depth }) => [category.id, depth])),
      words: new Map(
        nodes.map(({ category }) => {
          const parent = category.parentId === null ? '' : (known.get(category.parentId)?.name ?? '')
          return [category.id, ` ${searchForm(`${category.name} ${parent}`)}`]
        }),
      ),
    }
  }, [categories, kind, except])
  return (
    <Select
      searchable
      clearable
      nothingFoundMessage={t('common.nothing_found')}
      placeholder={t('categories.none')}
      maxDropdownHeight={320}
      comboboxProps={{ shadow: 'md' }}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      filter={({ options: given, search }) => {
        const wanted = searchForm(search)
        return (given as ComboboxItem[]).filter(
          ({ value: id, label }) =>
            words.get(id)?.includes(` ${wanted}`) ?? searchForm(label).includes(wanted),
        )
      }}
      renderOption={({ option }) => (
        <Group gap="xs" wrap="nowrap" pl={(depths.get(option.value) ?? 0) * 18}>
          <CategoryDot category={byId.get(option.value)} />
          <span>{option.label}</span>
        </Group>
      )}
      {...rest}
      data={[...extra, ...options]}
      value={value}
      onChange={onChange}
    />
  )
}
