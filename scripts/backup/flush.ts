// What makes files outlive a crash of the machine.
import { open } from 'node:fs/promises'

/** A file's bytes are on the disk once it is flushed; its name, once its folder is. @param place of either */
export async function flush(place: string): Promise<void> {
  const handle = await open(place, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
