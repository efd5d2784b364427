// The one-shot `secrets` gets all settings as its environment, which `docker inspect` shows for as long as the ended
// container is there: it goes once it has done its work. Compose makes it anew at the next start.
import { ComposeError, docker, lastLines } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const ALL_LINES = '100'
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Does what starts something of a stack, and takes the ended one-shot away however that ends, also by Ctrl-C.
 * @param say gets what it said
 */
export async function endingSecrets(
  stack: Stack,
  work: () => void | Promise<void>,
  say: (line: string) => void = console.log,
): Promise<void> {
  const end = (): void => {
    for (const note of endSecrets(stack)) say(note)
  }
  /** Where something failed already, that is what is to be read. */
  const endAnyway = (): void => {
    try {
      end()
    } catch (error) {
      if (!(error instanceof ComposeError)) throw error
      console.error(error.message)
    }
  }
  const interrupted = (): void => {
    endAnyway()
    process.exit(130)
  }
  for (const signal of SIGNALS) process.on(signal, interrupted)
  try {
    await work()
  } catch (error) {
    endAnyway()
    throw error
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted)
  }
  end()
}

/** Removes it where it ended well; what it said comes back, since no log keeps it then. One that failed stays. */
function endSecrets({ project }: Stack): string[] {
  const labels = { project, service: 'secrets' }
  const filters = Object.entries(labels).flatMap(([name, value]) => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ])
  const ended = docker('ps', '-aq', ...filters, '--filter', 'status=exited', '--filter', 'exited=0')
    .split('\n')
    .filter((id) => id !== '')
  const said = ended.flatMap((id) => lastLines(id, ALL_LINES).split('\n'))
  if (ended.length > 0) docker('rm', ...ended)
  return said.filter((line) => line !== '')
}
