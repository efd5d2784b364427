import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildVersion } from '../../build-version.ts'
import { versionText } from './version.ts'

describe('the version that the web tells', () => {
  it("is the root package's, with the commit where there is one", () => {
    const file = path.join(import.meta.dirname, '../../../package.json')
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    const built = buildVersion()
    expect(built.CHRONOS_VERSION).toBe(version)
    expect(built.CHRONOS_COMMIT).toMatch(/^([0-9a-f]{12})?$/)
    expect(versionText('1.2.3', '0123456789ab')).toBe('1.2.3 (0123456789ab)')
    expect(versionText('1.2.3', '')).toBe('1.2.3')
    expect(versionText(undefined, undefined)).toBe('')
  })
})
