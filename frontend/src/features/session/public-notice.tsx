import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './public-notice.module.css'

interface PublicNoticeProps {
  icon: ReactNode
  title: string
  hint: ReactNode
  children?: ReactNode
}

/** Where a page before signing in has something to tell instead of a form. */
export function PublicNotice({ icon, title, hint, children }: PublicNoticeProps) {
  return (
    <Stack gap="md">
      <span className={classes['icon']} aria-hidden>
        {icon}
      </span>
      <div role="status">
        <Title order={1}>{title}</Title>
        <Text c="dimmed" mt={6}>
          {hint}
        </Text>
      </div>
      {children}
    </Stack>
  )
}
