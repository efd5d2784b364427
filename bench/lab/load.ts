/** Gives orders to the load client. */
import { fork } from 'node:child_process'
import path from 'node:path'
import type { LoadPlan, LoadResult } from './load-plan.ts'

/** Runs one plan in a fresh client process. */
export async function load(plan: LoadPlan): Promise<LoadResult> {
  const client = fork(path.join(import.meta.dirname, 'load-client.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    return await new Promise<LoadResult>((resolve, reject) => {
      client.once('message', (result) => resolve(result as LoadResult))
      client.once('exit', (code) => reject(new Error(`the load client ended with ${code}`)))
      client.send(plan)
    })
  } finally {
    client.disconnect()
    client.kill()
  }
}
