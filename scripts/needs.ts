// What a target needs of the machine before it begins: said in one line, instead of a failure from deep within.
import net from 'node:net'
import { ComposeError, docker, engine, productionPorts } from './compose-stack.ts'

const ANSWER_MS = 5000

/** Ends this process with 1 where no container engine answers. */
export function needsEngine(): void {
  orEnd(() => {
    docker('version', '--format', '{{.Server.Version}}')
  })
}

/** The same, with Compose. */
export function needsCompose(): void {
  orEnd(engine)
}

/** Ends this process with 1 where no production of this machine listens. */
export async function needsProduction(): Promise<void> {
  const { https: port } = productionPorts()
  const socket = net.connect({ host: '127.0.0.1', port, timeout: ANSWER_MS })
  const listens = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false))
  })
  socket.destroy()
  orEnd(() => {
    if (!listens)
      throw new ComposeError(`Production does not answer on port ${port} of this machine: make prod-up`)
  })
}

function orEnd(look: () => unknown): void {
  try {
    look()
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
