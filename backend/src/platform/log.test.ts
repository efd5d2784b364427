import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger, safeErrorOf } from './log.ts'

const ROW = 'Failing row contains (019a, Consulta com Dr. Prado, 739184).'

describe('an error in the log', () => {
  it('has no value that PostgreSQL adds to it, and keeps what tells where it happened', () => {
    const error = Object.assign(
      new Error('new row for relation "transactions" violates check constraint "transactions_amount_check"'),
      {
        code: '23514',
        detail: ROW,
        where: 'SQL statement "insert …"',
        hint: 'Prado',
        table: 'transactions',
        constraint: 'transactions_amount_check',
      },
    )
    const safe = safeErrorOf(error)
    expect(safe).toMatchObject({
      code: '23514',
      table: 'transactions',
      constraint: 'transactions_amount_check',
    })
    expect(safe.message).toContain('transactions_amount_check')
    expect(safe.stack).toMatch(/^\s+at .*log\.test\.ts/)
    expect(JSON.stringify(safe)).not.toContain('Prado')
  })

  it.each([
    [Object.assign(new Error('invalid input syntax for type date: "Prado"'), { code: '22007' }), 'type date'],
    [new SyntaxError(`Unexpected token 'P', ..."note":"Prado" is not valid JSON`), 'Unexpected token'],
    [new SyntaxError(`Unterminated string in JSON at "{"a":"Prado`), 'Unterminated'],
    [new Error('550 5.1.1 <prado@example.com>: no such user'), '550 5.1.1'],
    [new Error('no chat of +5511987651234'), 'no chat'],
    [new Error('token chr_Ab3dEf6hIj9kLm2nOp5qRs8t refused'), 'refused'],
  ])('%s says no value', (error, rest) => {
    const safe = JSON.stringify(safeErrorOf(error))
    expect(safe).toContain(rest)
    expect(safe).not.toMatch(/prado|55119|Ab3dEf/i)
  })

  it('is the same for what caused it, and for what is no error', () => {
    const safe = safeErrorOf(
      new Error('outer', { cause: Object.assign(new Error('inner'), { detail: ROW }) }),
    )
    expect(safe.cause).toMatchObject({ message: 'inner' })
    expect(JSON.stringify(safe)).not.toContain('Prado')
    expect(safeErrorOf('Prado')).toEqual({ type: 'string', message: '' })
  })

  it('keeps ids, which an operator looks for', () => {
    expect(safeErrorOf(new Error('job 019aa0f3-5b7c-7cc1-8f00-1234567890ab failed')).message).toContain(
      '019aa0f3-5b7c-7cc1-8f00-1234567890ab',
    )
  })

  it('is written so by the logger', () => {
    const lines: string[] = []
    const log = createLogger(
      'info',
      new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) }),
    )
    log.error({ err: Object.assign(new Error('x'), { detail: ROW }) }, 'request failed')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('Prado')
  })
})
