// A file that a make target writes for whoever typed it: for nobody else's eyes, and over none that is there.
import { openSync } from 'node:fs'
import { ComposeError } from './compose-stack.ts'

/**
 * @returns its descriptor, open for writing
 * @throws ComposeError where it is there already, or cannot be written
 */
export function newFile(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw new ComposeError(isThere ? `${file} is there already` : (error as Error).message, { cause: error })
  }
}
