// Which TCP ports are free. Asked by binding, since a connection attempt cannot tell a free port from a
// firewalled one.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Binds `port` (0: any) on `host` for a moment; the port it got, or undefined when it is in use. */
function tryBind(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo
      server.close(() => resolve(bound))
    })
  })
}

/** A port on 127.0.0.1 that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const port = await tryBind(0, '127.0.0.1')
  if (port === undefined) throw new Error('The system has no free port on 127.0.0.1.')
  return port
}

/**
 * True when a server could listen on `port` of `host`. Throws what the system said when the address is
 * not this machine's, or the port is not this user's to take.
 */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  return (await tryBind(port, host)) !== undefined
}
