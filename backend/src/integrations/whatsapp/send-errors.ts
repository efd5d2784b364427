/**
 * What a refusal by Meta asks of us, by `error.code` alone: HTTP status, title and subcode are not reliable.
 * Source: Meta's table of Cloud API error codes.
 */
export type RefusalAction =
  /** Never again in this form: a wrong request, an unreachable or unwilling recipient. */
  | 'drop'
  /** Transient: repeat with growing, jittered pauses. */
  | 'retry'
  /** Too many messages to this one person: hold this chat alone. */
  | 'hold_recipient'
  /** Withheld by Meta for a day or more. */
  | 'retry_tomorrow'
  /** More than 24 hours since the person wrote: only an approved template may be sent. */
  | 'window_closed'
  /** Token, permission, account or payment: nothing will go out until the operator acts. */
  | 'stop_channel'

const ACTIONS: Readonly<Record<RefusalAction, readonly number[]>> = {
  stop_channel: [
    0, 3, 10, 33, 190, 368, 130497, 131005, 131031, 131037, 131042, 131045, 131048, 131063, 133010, 137000,
  ],
  retry: [1, 2, 4, 80007, 130429, 131000, 131016, 131057, 131064, 133004],
  hold_recipient: [131056],
  retry_tomorrow: [130472, 131049],
  window_closed: [131047],
  drop: [
    100, 131008, 131009, 131021, 131026, 131030, 131050, 131051, 131052, 131053, 131062, 132000, 132001,
    132005, 132007, 132012, 132015, 132016,
  ],
}

const BY_CODE = new Map<number, RefusalAction>()
for (const [action, codes] of Object.entries(ACTIONS))
  for (const code of codes) BY_CODE.set(code, action as RefusalAction)

/** @param httpStatus used only where the code is not in the table */
export function refusalAction(code: number | null, httpStatus: number): RefusalAction {
  const known = code === null ? undefined : BY_CODE.get(code)
  if (known) return known
  if (code !== null && code >= 200 && code <= 299) return 'stop_channel'
  if (httpStatus === 401 || httpStatus === 403) return 'stop_channel'
  return httpStatus === 429 || httpStatus >= 500 ? 'retry' : 'drop'
}
