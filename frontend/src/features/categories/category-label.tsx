import type { Category } from '@chronos/contracts/categories'
import { useTranslation } from 'react-i18next'
import { CategoryDot } from './category-dot.tsx'
import classes from './category.module.css'

/** A category by name and colour, or that there is none. */
export function CategoryLabel({ category }: { category: Category | undefined }) {
  const { t } = useTranslation()
  return (
    <span className={classes['label']} data-none={category === undefined || undefined}>
      <CategoryDot category={category} />
      <span>{category?.name ?? t('categories.none')}</span>
    </span>
  )
}
