/** Enough to catch a slip of the finger; the server decides. */
export function isEmail(text: string): boolean {
  return /^\S+@\S+\.\S+$/.test(text.trim())
}

export const MIN_PASSWORD = 8
