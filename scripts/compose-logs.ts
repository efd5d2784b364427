// `make logs MODE=docker|prod` and its relatives: the last LINES of each container, then what comes, until Ctrl-C. From the
// engine's own copy, which is there whatever becomes of Fluentd and which docker-compose 1.29 does not show.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ComposeError, docker, startOf } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { readableLine } from './log-lines.ts'

const GROUPS: Record<string, readonly string[] | null> = {
  all: null,
  backend: ['backend', 'webhook', 'events', 'worker', 'migrate', 'seed'],
  // Production's web says what fails alone: who asked for what is written down by the Nginx in front.
  frontend: ['frontend', 'nginx'],
}

/** Resolves when every container's log has ended: at once without `follow`, else when the containers have. */
export async function showLogs(
  stack: Stack,
  group: string,
  { lines, follow }: { lines: number; follow: boolean },
): Promise<void> {
  const { project } = stack
  const wanted = GROUPS[group]
  const format = '{{.ID}} {{.Label "com.docker.compose.service"}}'
  const filter = `label=com.docker.compose.project=${project}`
  const containers = docker('ps', '-a', '--filter', filter, '--format', format)
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([id, service]) => id !== '' && service !== undefined && (!wanted || wanted.includes(service)))
  if (containers.length === 0)
    throw new ComposeError(`The project ${project} has no container with logs: ${startOf(stack)}`)
  await Promise.all(
    containers.map(([id = '', service = '']) => {
      const args = ['logs', '--tail', String(lines), ...(follow ? ['--follow'] : []), id]
      const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'] })
      for (const input of [child.stdout, child.stderr])
        createInterface({ input }).on('line', (line) =>
          console.log(`${service.padEnd(9)} | ${readableLine(line)}`),
        )
      return new Promise((resolve) => child.on('close', resolve))
    }),
  )
}
