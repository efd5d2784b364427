/**
 * What the server talks to is a short list (docs/deployment.md, "What it talks to"): only these files open a connection,
 * each to an address that configuration gives, and none follows a redirect to another one.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { withoutComments } from './lint-imports.ts'

const OPENING =
  /\bfetch\(|from '(?:node:(?:http|https|http2|net|tls|dgram|dns)(?:\/promises)?|nodemailer|ioredis|pg|pg-boss|undici|openid-client|oauth4webapi)'|import\('@opentelemetry\/exporter/
/** Names and types of the driver, without a connection. */
const TYPES = /^import type [^\n]*$/gm

/** By file, what it reaches, as the document has it. */
const DESTINATIONS: Readonly<Record<string, string>> = {
  'backend/src/platform/database.ts': 'PostgreSQL',
  'backend/src/platform/jobs.ts': 'PostgreSQL',
  'backend/src/platform/database-report.ts': 'PostgreSQL',
  'backend/src/platform/maintenance.ts': 'PostgreSQL',
  'backend/src/platform/cluster.ts': 'PostgreSQL',
  'backend/src/platform/migrate.ts': 'PostgreSQL',
  'backend/src/platform/roles.ts': 'PostgreSQL',
  'backend/src/platform/statement-counts.ts': 'PostgreSQL',
  'backend/src/platform/redis-link.ts': 'Redis',
  'backend/src/platform/mail.ts': 'The mail server',
  'backend/src/integrations/whatsapp/http.ts': 'Meta’s Graph API',
  'backend/src/integrations/otlp.ts': 'A trace collector',
  'backend/src/integrations/sentry.ts': 'Sentry',
  'backend/src/integrations/slack.ts': 'Slack',
  'backend/src/integrations/openid/provider.ts': 'An OpenID provider',
}

const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const document = text('docs/deployment.md').split('## What it talks to')[1]?.split('\n## ')[0] ?? ''

function opening(): string[] {
  return globSync('backend/src/**/*.ts', { cwd: ROOT })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !/\.test\.ts$|\/generated\/|double/.test(file))
    .filter((file) =>
      OPENING.test(
        withoutComments(text(file))
          .replace(TYPES, '')
          .replace(/import \{ isIP[^\n]*/g, ''),
      ),
    )
    .sort()
}

describe('outgoing connections', () => {
  it('are opened by the files of the list alone', () => {
    expect(opening()).toEqual(Object.keys(DESTINATIONS).sort())
  })

  it('go to what the document names', () => {
    for (const destination of new Set(Object.values(DESTINATIONS)))
      expect(document).toMatch(new RegExp(`^\\| ${destination} `, 'm'))
  })

  it('follow no redirect', () => {
    const fetching = opening().filter((file) => /\bfetch\(/.test(withoutComments(text(file))))
    expect(fetching.length).toBeGreaterThan(0)
    for (const file of fetching) expect([file, /redirect: 'error'/.test(text(file))]).toEqual([file, true])
  })
})
