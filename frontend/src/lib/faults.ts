/**
 * Failures of pages, told to Sentry where the web was built with SENTRY_DSN; without it nothing is loaded. Its code comes
 * after the page, and what fails before waits for it.
 */
declare global {
  interface ImportMetaEnv {
    /** Put in by the build; empty where failures are not told. */
    readonly CHRONOS_SENTRY_DSN: string | undefined
  }
}

export type ReportFault = (error: unknown) => void

/**
 * @param load gets the part that tells; called once, after the page had its time
 * @returns takes failures that React caught; null where nobody is told
 */
export function startFaults(
  dsn: string | undefined,
  load: () => Promise<{ startSentry(dsn: string): ReportFault }> = () => import('./sentry.ts'),
): ReportFault | null {
  if (!dsn) return null
  let waiting: unknown[] = []
  let report: ReportFault | null = null
  const keep = (event: ErrorEvent | PromiseRejectionEvent): void => {
    if (waiting.length < 10) waiting.push('reason' in event ? event.reason : event.error)
  }
  addEventListener('error', keep)
  addEventListener('unhandledrejection', keep)
  void load().then(
    ({ startSentry }) => {
      removeEventListener('error', keep)
      removeEventListener('unhandledrejection', keep)
      report = startSentry(dsn)
      for (const error of waiting) report(error)
      waiting = []
    },
    // Blocked, or gone with an update: the page works without it.
    () => undefined,
  )
  return (error) => {
    if (report) report(error)
    else if (waiting.length < 10) waiting.push(error)
  }
}
