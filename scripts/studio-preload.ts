// Loaded into Prisma Studio with `node --import`. Studio answers anybody who reaches its port and runs the
// SQL it is sent, so a web page open in the same browser could use it. Requests that name another host, or
// come from a page of another origin, are refused. Its front page opens on the product's tables: of itself
// it shows schema public, which is empty.
import { Server } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

const FRONT_PAGE = '/?#schema=app&table=transactions'
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

function isLocal(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers
  if (!LOCAL_HOST.test(host)) return false
  return origin === undefined || origin === `http://${host}`
}

const original = Server.prototype.emit
Server.prototype.emit = function emit(this: Server, event: string | symbol, ...args: unknown[]): boolean {
  if (event === 'request') {
    const [request, response] = args as [IncomingMessage, ServerResponse]
    if (!isLocal(request)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Only for pages of this address.\n')
      return true
    }
    if (request.method === 'GET' && request.url === '/') {
      response.writeHead(302, { location: FRONT_PAGE }).end()
      return true
    }
  }
  return Reflect.apply(original, this, [event, ...args]) as boolean
}
