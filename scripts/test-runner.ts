// Runs a test tool and shows what it says.
import type { Environment } from './env-file.ts'
import { processEnvironment, ROOT } from './env-file.ts'
import { startPart } from './part.ts'

export interface SuiteResult {
  passed: number
  failed: number
  /** Sentences for the summary, such as why a suite failed as a whole. */
  notes: string[]
}

/** `node <args>` in `cwd`, with `env` over this process' environment; its exit code, or 1 after a signal. */
export async function runTool(args: string[], env: Environment = {}, cwd: string = ROOT): Promise<number> {
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'] ? { FORCE_COLOR: '1' } : {}
  const part = startPart({
    name: args[0] ?? 'node',
    args,
    env: { ...processEnvironment(), ...colour, ...env },
    cwd,
    onLine: (line) => console.log(line),
  })
  const reason = await part.exited
  await part.stop()
  return reason.startsWith('exit code ') ? Number(reason.slice('exit code '.length)) : 1
}
