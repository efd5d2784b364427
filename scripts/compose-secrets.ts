// The one-shot `secrets` gets all settings as its environment, which `docker inspect` shows for as long as the ended
// container is there: it goes once it has done its work. Compose makes it anew at the next start.
import { docker, lastLines } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const ALL_LINES = '100'

/** Removes it where it ended well; what it said comes back, since no log keeps it then. One that failed stays. */
export function endSecrets({ project }: Stack): string[] {
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
