/**
 * Logs go where docs/observability.md, "Inventory", says and nowhere else: the server writes lines through its logger, and
 * only the files named here write to a file or to a terminal.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { withoutComments } from './lint-imports.ts'

const TO_TERMINAL = /\bconsole\.\w+\(|process\.std(?:out|err)\.write/
const TO_FILE =
  /import \{[^}]*\b(?:appendFile|writeFile|createWriteStream|appendFileSync|writeFileSync)\b[^}]*\} from 'node:fs(?:\/promises)?'/

/** Programs that somebody starts by hand say on the terminal what they did; the rest are files that somebody asked for. */
const PLACES: Readonly<Record<string, string>> = {
  'backend/src/audit-verify.ts': 'terminal',
  'backend/src/db-report.ts': 'terminal',
  'backend/src/maintain.ts': 'terminal',
  'backend/src/migrate.ts': 'terminal',
  'backend/src/operator-create.ts': 'terminal',
  'backend/src/operator-program.ts': 'terminal',
  'backend/src/person-reset-link.ts': 'terminal',
  'backend/src/person-sessions-end.ts': 'terminal',
  'backend/src/prepare-secrets.ts': 'terminal',
  'backend/src/rotate-keys.ts': 'terminal',
  'backend/src/tenant-create.ts': 'terminal',
  'backend/src/tenant-export.ts': 'terminal, and the export that was asked for',
  'backend/src/tenant-list.ts': 'terminal',
  'backend/src/run-process.ts': 'HEARTBEAT_FILE, an instant',
  'backend/src/modules/audit/audit-heads.ts': 'AUDIT_HEAD_FILE',
}

it('is written by the files of the list alone', () => {
  const found = globSync('backend/src/**/*.ts', { cwd: ROOT })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !/\.test\.ts$|\/generated\/|double/.test(file))
    .filter((file) => {
      const text = withoutComments(readFileSync(path.join(ROOT, file), 'utf8'))
      return TO_TERMINAL.test(text) || TO_FILE.test(text)
    })
    .sort()
  expect(found).toEqual(Object.keys(PLACES).sort())
})

it('is named in the inventory where it is a file', () => {
  const text = readFileSync(path.join(ROOT, 'docs/observability.md'), 'utf8')
  const inventory = text.split('## Inventory')[1]?.split('\n## ')[0] ?? ''
  for (const place of [
    'AUDIT_HEAD_FILE',
    'app.audit_logs',
    'control.security_events',
    'control.operator_acts',
  ])
    expect(inventory).toContain(place)
})
