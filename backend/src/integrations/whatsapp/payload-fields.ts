/**
 * Reading of untrusted JSON: each reader answers null for anything that is not what was asked for, and every text
 * comes back in NFC, without control or bidirectional characters, cut by code points (as Meta counts lengths).
 */
import { cleanLine, cleanText } from '@chronos/contracts/text'

export type JsonObject = Readonly<Record<string, unknown>>

export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

/** The objects of an array; what is no object is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) return []
  return value.map(objectOf).filter((item) => item !== null)
}

/** At most `max` code points of a text, never half a character. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text
  let end = 0
  for (let count = 0; count < max && end < text.length; count += 1)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return text.slice(0, end)
}

/** A cleaned text of one or more lines, null when empty or not a text. */
export function textOf(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null
  const text = cutText(cleanText(cutText(value, max * 2)), max)
  return text === '' ? null : text
}

/** A cleaned text of one line, null when empty or not a text. */
export function lineOf(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null
  const text = cutText(cleanLine(cutText(value, max * 2)), max).trim()
  return text === '' ? null : text
}

/** An opaque id in printable ASCII (Meta's ids are), as a text or a safe integer. */
export function idOf(value: unknown, max = 512): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && text.length <= max && /^[\x21-\x7e]+$/.test(text) ? text : null
}

export function integerOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

/** Meta's unix seconds (a text or a number) as an ISO instant; null outside 2009 to 2100. */
export function instantOf(value: unknown): string | null {
  const seconds = integerOf(value)
  if (seconds === null || seconds < 1_230_768_000 || seconds >= 4_102_444_800) return null
  return new Date(seconds * 1000).toISOString()
}

/** A finite coordinate within ±`limit` degrees. */
export function degreesOf(value: unknown, limit: number): number | null {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= limit ? value : null
}
