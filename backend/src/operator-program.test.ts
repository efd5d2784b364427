import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { forTerminal } from './operator-program.ts'

describe('the log of a program on a terminal', () => {
  const level = (asked?: string): string =>
    forTerminal(
      readConfig({
        ...(asked === undefined ? {} : { LOG_LEVEL: asked }),
        NODE_ENV: 'test',
        DATABASE_URL: 'postgresql://chronos_app:x@127.0.0.1/chronos',
        DATABASE_CONTROL_URL: 'postgresql://chronos_control:x@127.0.0.1/chronos',
        JWT_SECRET: 'jwt-secret-of-tests-0123456789abcdef',
        SESSION_SECRET: 'session-secret-of-tests-0123456789abcdef',
        ENCRYPTION_KEY: 'a1b2c3d4'.repeat(8),
      }),
    ).logLevel

  it('has what goes wrong, and no line of what goes as it should', () => {
    expect([level(), level('info')]).toEqual(['warn', 'warn'])
  })

  it('is as detailed, or as silent, as was asked for', () => {
    expect([level('debug'), level('error'), level('silent')]).toEqual(['debug', 'error', 'silent'])
  })
})
