import type { Category } from '@chronos/contracts/categories'
import { PALETTE } from '../../lib/theme.ts'

/** Colour names a category may carry, in our own shades. */
const NAMED: Record<string, string> = {
  red: '#c9454f',
  pink: '#c75b8f',
  grape: '#8a4899',
  violet: '#7a5bb5',
  indigo: '#5566b8',
  blue: '#3a7fbf',
  cyan: '#2a8fa8',
  teal: '#20908f',
  green: '#2c955b',
  lime: '#7a9a2b',
  yellow: '#cf8a06',
  orange: '#d5702c',
  brown: '#9a7b4f',
  gray: '#7b7085',
  grey: '#7b7085',
}

/** Its own colour; without one, one of ours that stays the same as long as its id does. */
export function colorOf(category: Category | undefined): string {
  if (!category) return '#978d9f'
  const { color, id } = category
  if (color !== null) return NAMED[color] ?? (color.startsWith('#') ? color : '#7b7085')
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973
  return PALETTE[sum % PALETTE.length] ?? '#7b7085'
}
