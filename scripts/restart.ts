// `make restart`: starts all parts of the running `make dev` again, from another terminal; the database stays up.
import { runningDev } from './dev-state.ts'

const TIMEOUT_MS = 120_000

const dev = runningDev()
if (dev?.readyAt === undefined) {
  console.error(
    dev ? 'make dev is starting just now.' : 'Nothing to restart: make dev does not run in this checkout.',
  )
  process.exit(1)
}
process.kill(dev.pid, 'SIGUSR2')
const deadline = Date.now() + TIMEOUT_MS
let now = runningDev()
while (now?.readyAt === dev.readyAt && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 200))
  now = runningDev()
}
if (now?.pid === dev.pid && now.readyAt !== dev.readyAt) {
  console.log(`Everything runs again (process ${dev.pid}).`)
} else {
  console.error(
    now
      ? 'It is not ready after two minutes; "make logs" may say why.'
      : 'make dev has ended; "make logs" may say why.',
  )
  process.exitCode = 1
}
