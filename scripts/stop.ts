// `make stop`: ends the `make dev` of this checkout, from another terminal.
import { runningDev } from './dev-state.ts'
import { waitForExit } from './process-info.ts'

const TIMEOUT_MS = 60_000

const state = runningDev()
if (!state) {
  console.log('Nothing to stop: make dev does not run in this checkout.')
} else {
  process.kill(state.pid, 'SIGTERM')
  if (await waitForExit(state.pid, TIMEOUT_MS)) {
    console.log(`Stopped make dev (process ${state.pid}).`)
  } else {
    console.error(`Process ${state.pid} did not end within ${TIMEOUT_MS / 1000} s.`)
    process.exitCode = 1
  }
}
