/** Failures of the product itself, told to whoever looks after it; where nobody is set to be told, the log alone has them. */

/** Where it failed: a request's route or a job's queue, and nothing that a person sent. */
export interface FaultPlace {
  /** `POST /api/v1/transactions`, `job mails`. */
  where: string
  requestId?: string
  traceId?: string
}

export interface Faults {
  /** Returns at once and never throws. */
  report(error: unknown, place: FaultPlace): void
  /** Waits a moment for what has not left yet. */
  close(): Promise<void>
}

export const NO_FAULTS: Faults = { report: () => undefined, close: () => Promise.resolve() }
