import { Card, Text, Title } from '@mantine/core'
import { useId } from 'react'
import type { ReactNode } from 'react'
import classes from './settings-card.module.css'

interface SettingsCardProps {
  title: string
  hint?: ReactNode
  /** What can be done, at the side of the title. */
  action?: ReactNode
  children?: ReactNode
}

/** One matter of a page of settings: its name, what it is for, what can be done. */
export function SettingsCard({ title, hint, action, children }: SettingsCardProps) {
  const id = useId()
  return (
    <Card component="section" aria-labelledby={id}>
      <header className={classes['head']}>
        <div>
          <Title order={2} size="h3" id={id}>
            {title}
          </Title>
          {hint !== undefined && (
            <Text size="sm" c="dimmed" mt={2}>
              {hint}
            </Text>
          )}
        </div>
        {action !== undefined && <div className={classes['action']}>{action}</div>}
      </header>
      {children}
    </Card>
  )
}
