import type { Category } from '@chronos/contracts/categories'
import { colorOf } from './category-color.ts'
import classes from './category.module.css'

/** The colour of a category, hollow for none. */
export function CategoryDot({ category }: { category: Category | undefined }) {
  return (
    <span
      className={classes['dot']}
      data-none={category === undefined || undefined}
      style={category ? { background: colorOf(category) } : undefined}
      aria-hidden
    />
  )
}
