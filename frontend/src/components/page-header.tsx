import { Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import classes from './page-header.module.css'

/** A page's name, in the tab too, with what can be done on it. */
export function PageHeader({
  title,
  hint,
  children,
}: {
  title: string
  hint?: ReactNode
  children?: ReactNode
}) {
  useDocumentTitle(`${title} · CHRONOS`)
  return (
    <header className={classes['header']}>
      <div>
        <Title order={1}>{title}</Title>
        {hint !== undefined && <p className={classes['hint']}>{hint}</p>}
      </div>
      {children !== undefined && <div className={classes['actions']}>{children}</div>}
    </header>
  )
}
