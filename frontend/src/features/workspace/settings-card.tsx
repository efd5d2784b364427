import { Card, Text, Title } from '@mantine/core'
import { useId } from 'react'
import type { ReactNode } from 'react'
import classes from './workspace.module.css'

interface SettingsCardProps {
  title: string
  hint?: ReactNode
  /** Set apart, for what cannot be undone. */
  danger?: boolean
  children: ReactNode
}

/** One subject of a settings page. */
export function SettingsCard({ title, hint, danger = false, children }: SettingsCardProps) {
  const id = useId()
  return (
    <Card component="section" aria-labelledby={id} className={danger ? (classes['danger'] ?? '') : ''}>
      <Title order={2} size="h3" id={id}>
        {title}
      </Title>
      {hint !== undefined && (
        <Text size="sm" c="dimmed" mt={2}>
          {hint}
        </Text>
      )}
      <div className={classes['body']}>{children}</div>
    </Card>
  )
}

/** What can be done, with what it means on its left. */
export function SettingsRow({
  title,
  hint,
  children,
}: {
  title: string
  hint: ReactNode
  children: ReactNode
}) {
  return (
    <div className={classes['row']}>
      <div>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </div>
      {children}
    </div>
  )
}
