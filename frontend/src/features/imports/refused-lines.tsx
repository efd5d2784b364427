import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { textOf } from '../../lib/i18n.ts'
import classes from './imports.module.css'

const FIRST = 8

interface RefusedLine {
  line: number
  message: string
  code?: string | undefined
}

/** The rows of a file that cannot be booked, each with its line and the reason. */
export function RefusedLines({ lines }: { lines: readonly RefusedLine[] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  return (
    <div>
      <ul className={classes['refused']}>
        {(all ? lines : lines.slice(0, FIRST)).map(({ line, message, code }, index) => (
          <li key={`${line}-${index}`}>
            <span className="tabular">{t('import.line', { line })}</span>
            <span>{(code === undefined ? null : textOf(`import.issue.${code}`)) ?? message}</span>
          </li>
        ))}
      </ul>
      {lines.length > FIRST && !all && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t('import.show_all_lines', { count: lines.length })}
        </Button>
      )}
    </div>
  )
}
