/** What other modules use of persons and their sign-in. */
export { deviceOf } from './identity.routes.ts'
export { signInWith, type Device, type IdentityDeps, type SignedIn } from './identity.service.ts'
export { getIdentity, markProved, type IdentityRow } from './identity.queries.ts'
export { verifyPassword } from './passwords.ts'
export { endSessionsOf, lockIdentity } from './person.queries.ts'
export { recordPersonEvent, type PersonSession } from './person-events.ts'
export { forgetCallers, forgetEnded, type SessionDeps } from './sessions.service.ts'
export type { BrowserSession } from './browser-session.ts'
