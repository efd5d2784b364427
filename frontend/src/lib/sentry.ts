/**
 * The only file that loads Sentry, as a part of its own (lib/faults.ts). Nothing is recorded but failures: no clicks, no
 * requests, no addresses, no person. Of each the kind, the place and a message without what it quotes leaves.
 */
import {
  captureException,
  dedupeIntegration,
  globalHandlersIntegration,
  init,
  linkedErrorsIntegration,
  makeFetchTransport,
} from '@sentry/react'
import type { ErrorEvent } from '@sentry/react'
import { WEB_VERSION } from './version.ts'

export function startSentry(dsn: string): (error: unknown) => void {
  init({
    dsn,
    release: `chronos-web@${WEB_VERSION}`,
    defaultIntegrations: false,
    integrations: [globalHandlersIntegration(), linkedErrorsIntegration(), dedupeIntegration()],
    // The page's own fetch: Sentry's way to an untouched one is a frame, which the content policy forbids.
    transport: (options) => makeFetchTransport(options, (url, request) => fetch(url, request)),
    sendClientReports: false,
    maxBreadcrumbs: 0,
    beforeSend: (event) => leaving(event),
  })
  return (error) => {
    // What the API refused is told by the API.
    if (!isProblem(error)) captureException(error)
  }
}

function isProblem(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && 'code' in error
}

/** All that leaves of an event. */
export function leaving(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, platform, level, release, environment, exception } = event
  const values = exception?.values?.map(({ type, value, stacktrace }) => ({
    ...(type === undefined ? {} : { type }),
    ...(value === undefined ? {} : { value: withoutValues(value) }),
    ...(stacktrace === undefined
      ? {}
      : {
          stacktrace: {
            frames: (stacktrace.frames ?? []).map(({ filename, function: name, lineno, colno }) => ({
              ...(filename === undefined ? {} : { filename: withoutAddress(filename) }),
              ...(name === undefined ? {} : { function: name }),
              ...(lineno === undefined ? {} : { lineno }),
              ...(colno === undefined ? {} : { colno }),
            })),
          },
        }),
  }))
  return {
    type: undefined,
    ...(event_id === undefined ? {} : { event_id }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(platform === undefined ? {} : { platform }),
    ...(level === undefined ? {} : { level }),
    ...(release === undefined ? {} : { release }),
    ...(environment === undefined ? {} : { environment }),
    ...(values === undefined ? {} : { exception: { values } }),
  }
}

const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi
const EMAIL = /[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g
const NUMBER = /\d+(?:[.,]\d+)+|\d{3,}/g
const QUOTED = /["'`“«].*$/s

/** What is quoted, e-mails, ids, amounts. */
export function withoutValues(text: string): string {
  return text
    .replace(QUOTED, '…')
    .replace(UUID, '…')
    .replace(EMAIL, '…')
    .replace(NUMBER, '…')
    .replaceAll(/https?:\/\/\S+/g, '…')
    .slice(0, 300)
}

/** The file, without what an inline handler's page has behind its `?` or `#`. */
function withoutAddress(filename: string): string {
  return filename.replace(/[?#].*$/s, '').replace(UUID, '…')
}
