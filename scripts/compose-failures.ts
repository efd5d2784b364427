// Where Compose names a container by a number alone ("3f386ca599a4 exited with code 1"): which part it was, and what it said.
import { ComposeError, docker, lastLines } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

const LINES = '8'
const FORMAT = '{{index .Config.Labels "com.docker.compose.service"}} {{.State.ExitCode}}'

/**
 * Does what starts parts of a stack.
 * @throws ComposeError with what each part said last that ended with an error
 */
export function sayingWhy(stack: Stack, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error
    throw new ComposeError([...failuresOf(stack), error.message].join('\n'))
  }
}

function failuresOf({ project }: Stack): string[] {
  try {
    const labels = [`label=com.docker.compose.project=${project}`, 'status=exited']
    const ended = docker('ps', '-aq', ...labels.flatMap((label) => ['--filter', label]))
    return ended
      .split('\n')
      .filter(Boolean)
      .flatMap((id) => {
        const [service = '', code = '0'] = docker('inspect', '-f', FORMAT, id).split(' ')
        // What was stopped is none: 137 and 143 are the signals of that.
        if (['0', '137', '143'].includes(code)) return []
        return [
          `${service} ended with ${code}:`,
          ...lastLines(id, LINES)
            .split('\n')
            .map((line) => `  ${line}`),
        ]
      })
  } catch (error) {
    // What failed first is what is to be read.
    if (error instanceof ComposeError) return []
    throw error
  }
}
