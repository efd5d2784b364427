/** Takes traces as a collector does by OTLP over HTTP, in JSON, for tests. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TakenSpan {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  /** As OTLP numbers them: 2 server, 3 client, 5 consumer. */
  kind: number
  attributes: Record<string, string | number>
  failed: boolean
}

export interface OtlpDouble {
  endpoint: string
  spans: TakenSpan[]
  /** Bodies as they came. */
  raw: string[]
  close(): Promise<void>
}

interface Sent {
  resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[]
}

interface SentSpan extends Omit<TakenSpan, 'attributes' | 'failed'> {
  attributes?: { key: string; value: { stringValue?: string; intValue?: number | string } }[]
  status?: { code?: number }
}

export async function startOtlpDouble(): Promise<OtlpDouble> {
  const spans: TakenSpan[] = []
  const raw: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const isTraces = request.method === 'POST' && request.url === '/v1/traces'
      if (!isTraces) return response.writeHead(404).end()
      if (request.headers['content-type'] !== 'application/json') return response.writeHead(415).end()
      const body = Buffer.concat(chunks).toString()
      raw.push(body)
      const sent = JSON.parse(body) as Sent
      for (const resource of sent.resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans.map(takenOf))
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function takenOf({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  attributes = [],
  status,
}: SentSpan): TakenSpan {
  const values = attributes.map(
    ({ key, value }) => [key, value.stringValue ?? Number(value.intValue)] as const,
  )
  return {
    ...{ traceId, spanId, name, kind },
    parentSpanId: parentSpanId === undefined || parentSpanId === '' ? undefined : parentSpanId,
    attributes: Object.fromEntries(values),
    failed: status?.code === 2,
  }
}
