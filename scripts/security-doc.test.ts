/** docs/security.md says what is so: every requirement once, files that exist, permissions as the contracts have them. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PERMISSIONS, ROLES, allows, type Permission } from '@chronos/contracts/permissions'
import { describe, expect, it } from 'vitest'
import { POLICY_RULES } from '../backend/src/plugins/rate-policies.ts'
import { ROOT } from './env-file.ts'

const text = readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8')
const rows = [...text.matchAll(/^\| (\d+\.\d+\.\d+) +\| ([12]) +\| (.+?) +\| (\S+) +\| (.+?) +\|$/gm)].map(
  ([, id = '', level = '', subject = '', state = '', where = '']) => ({ id, level, subject, state, where }),
)

describe('docs/security.md', () => {
  it('has each of the 253 requirements of levels 1 and 2 once, in order', () => {
    const ids = rows.map(({ id }) => id)
    expect(new Set(ids).size).toBe(253)
    const key = (id: string): number => id.split('.').reduce((sum, part) => sum * 100 + Number(part), 0)
    expect(ids).toEqual([...ids].sort((a, b) => key(a) - key(b)))
    expect(rows.filter(({ level }) => level === '1')).toHaveLength(70)
  })

  it('says of each that it is met, open, or not applicable and why', () => {
    for (const { id, state, where } of rows) {
      expect(['met', 'open', 'n/a'], id).toContain(state)
      expect(where.length, id).toBeGreaterThan(3)
    }
  })

  it('names files that exist', () => {
    const named = [...text.matchAll(/`((?:backend|contracts|frontend|e2e|scripts|docs)\/[^`\s]+)`/g)]
    expect(named.length).toBeGreaterThan(50)
    for (const [, file = ''] of named) expect(existsSync(path.join(ROOT, file)), file).toBe(true)
  })

  /** Head and rows of a table that is printed from code. */
  const printed = (name: string): string[][] => {
    const found =
      new RegExp(`<!-- ${name}:[^\\n]*-->\\n([\\s\\S]*?)<!-- end of ${name} -->`).exec(text)?.[1] ?? ''
    const [head = '', , ...lines] = found.trim().split('\n')
    return [head, ...lines].map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  }

  it('prints the limits on requests', () => {
    const [, ...lines] = printed('limits')
    expect(lines).toEqual(
      Object.entries(POLICY_RULES).map(([name, { limit, windowSeconds, by, about }]) => [
        `\`${name}\``,
        ...[limit, windowSeconds, by, about].map(String),
      ]),
    )
  })

  it('prints the permissions of the contracts', () => {
    const [head = [], ...lines] = printed('permissions')
    expect(head).toEqual(['permission', ...ROLES])
    expect(lines).toEqual(
      (Object.keys(PERMISSIONS) as Permission[]).map((permission) => [
        `\`${permission}\``,
        ...ROLES.map((role) => (allows(role, permission) ? 'yes' : '')),
      ]),
    )
  })
})
