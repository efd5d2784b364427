/**
 * Sends traces by OTLP over HTTP, as collectors take them. OpenTelemetry's packages are loaded only here, and only where
 * OTEL_EXPORTER_OTLP_ENDPOINT is set. Spans leave in batches; a collector that is away hinders nobody.
 */
import type { Context, Span } from '@opentelemetry/api'
import { TRACEPARENT, type OpenSpan, type SpanStart, type Tracer } from '../platform/tracing.ts'

export interface OtlpOptions {
  /** As https://collector.example:4318; `/v1/traces` is added. */
  endpoint: string
  /** Of traces that begin here, which part is kept; 1: all. */
  sampleRatio: number
  version: string
}

export async function createOtlpTracer({ endpoint, sampleRatio, version }: OtlpOptions): Promise<Tracer> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER }
  const random = new sdk.RandomIdGenerator()
  // The trace of a request has the id that its log lines have.
  let nextTraceId: string | undefined
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'chronos', 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(sampleRatio) }),
    idGenerator: {
      generateTraceId: () => nextTraceId ?? random.generateTraceId(),
      generateSpanId: () => random.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
        scheduledDelayMillis: 1000,
      }),
    ],
  })
  const tracer = provider.getTracer('chronos')
  const spans = new WeakMap<OpenSpan, Span>()

  function contextOf(parent: string | undefined, within: OpenSpan | undefined): Context {
    const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? []
    if (traceId !== undefined && spanId !== undefined)
      return trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: Number.parseInt(flags ?? '00', 16) & 1,
        isRemote: true,
      })
    const outer = within === undefined ? undefined : spans.get(within)
    return outer === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, outer)
  }

  return {
    start({ name, kind, parent, traceId, attributes = {} }: SpanStart, within) {
      nextTraceId = traceId
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, contextOf(parent, within))
      nextTraceId = undefined
      const own = span.spanContext()
      const open: OpenSpan = {
        kind,
        traceId: own.traceId,
        traceparent: `00-${own.traceId}-${own.spanId}-0${own.traceFlags & 1}`,
        set: (more) => void span.setAttributes(more),
        end(error) {
          if (error !== undefined) {
            span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end()
        },
      }
      spans.set(open, span)
      return open
    },
    close: () => provider.shutdown().catch(() => undefined),
  }
}
