/** A random UUID; `crypto.randomUUID` exists on secure origins alone, and a house's own server often is none. */
export function randomId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return value.toString(16).padStart(2, '0')
  })
  return [4, 2, 2, 2, 6].map((length) => hex.splice(0, length).join('')).join('-')
}
