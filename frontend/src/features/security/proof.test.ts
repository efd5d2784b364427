import { describe, expect, it } from 'vitest'
import { orderedMethods, readMethods, wholeCode } from './proof.ts'

describe('orderedMethods', () => {
  it('offers the authenticator app before a passkey, and recovery codes last', () => {
    expect(orderedMethods(['recovery_code', 'passkey', 'totp'], true)).toEqual([
      'totp',
      'passkey',
      'recovery_code',
    ])
  })

  it('offers no passkey where the browser knows none', () => {
    expect(orderedMethods(['passkey', 'recovery_code'], false)).toEqual(['recovery_code'])
  })
})

describe('readMethods', () => {
  it.each([
    ['totp,passkey', ['totp', 'passkey']],
    ['recovery_code', ['recovery_code']],
    ['sms,totp', ['totp']],
    ['', []],
    [null, []],
  ])('reads %j', (text, methods) => {
    expect(readMethods(text)).toEqual(methods)
  })
})

describe('wholeCode', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['12345', null],
    ['1234567', null],
    ['abcdef', null],
  ])('%j gives %j', (text, code) => {
    expect(wholeCode(text)).toBe(code)
  })
})
