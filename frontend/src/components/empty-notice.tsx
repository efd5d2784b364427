import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './notice.module.css'

interface EmptyNoticeProps {
  icon: ReactNode
  title: string
  hint?: string
  children?: ReactNode
}

/** Nothing here yet: says what will be, and how to begin. */
export function EmptyNotice({ icon, title, hint, children }: EmptyNoticeProps) {
  return (
    <Stack className={classes['notice'] ?? ''} gap="xs" align="center">
      <span className={classes['empty-icon']} aria-hidden>
        {icon}
      </span>
      <Text fw={600} ta="center" className="display" size="lg">
        {title}
      </Text>
      {hint !== undefined && (
        <Text size="sm" c="dimmed" ta="center" maw={420}>
          {hint}
        </Text>
      )}
      {children !== undefined && <div className={classes['actions']}>{children}</div>}
    </Stack>
  )
}
