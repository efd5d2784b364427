import { describe, expect, it } from 'vitest'
import { ownPath } from './own-path.ts'

const ORIGIN = 'https://chronos.example'

describe('ownPath', () => {
  it.each(['/', '/transactions?q=mercado&from=2026-11-01', '/budgets#top'])('keeps %j', (path) => {
    expect(ownPath(path, ORIGIN)).toBe(path)
  })

  it.each([
    ...[
      'https://other.example/',
      '//other.example',
      '///other.example',
      '/\\other.example',
      '\\\\other.example',
    ],
    ...['/\t/other.example', '/\n/other.example', '/.//other.example', '/a/..//other.example'],
    ...['javascript:alert(1)', 'transactions', '', null, undefined, 7, ['/']],
  ])('refuses %j', (text) => {
    expect(ownPath(text, ORIGIN)).toBeNull()
  })
})
