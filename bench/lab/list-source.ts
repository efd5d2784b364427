/** Signed-in reads, a random workspace each time. */
import type { LoadSource } from './load-plan.ts'

export interface ListSourceOptions {
  /** Path and headers of each request; one line each. */
  requests: readonly { path: string; headers: Record<string, string> }[]
}

export default function listSource({ requests }: ListSourceOptions): LoadSource {
  const ready = requests.map(({ path, headers }) => {
    const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    )
    return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  })
  return () => ready[Math.floor(Math.random() * ready.length)] ?? Buffer.alloc(0)
}
