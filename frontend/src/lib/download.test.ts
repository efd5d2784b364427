import { describe, expect, it } from 'vitest'
import { fileNameOf } from './download.ts'

describe('fileNameOf', () => {
  it('reads the name that the server gives', () => {
    expect(fileNameOf('attachment; filename="chronos-2026-11-23.zip"')).toBe('chronos-2026-11-23.zip')
    expect(fileNameOf('attachment; filename=audit.csv')).toBe('audit.csv')
  })

  it('takes no folder from it', () => {
    expect(fileNameOf('attachment; filename="../../etc/passwd"')).toBe('passwd')
    expect(fileNameOf('attachment; filename="a\\b.csv"')).toBe('b.csv')
  })

  it('knows when there is none', () => {
    expect(fileNameOf(null)).toBeNull()
    expect(fileNameOf('attachment')).toBeNull()
    expect(fileNameOf('attachment; filename="/"')).toBeNull()
  })
})
