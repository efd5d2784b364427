import * as auth from '@chronos/contracts/auth'
import * as contract from '@chronos/contracts/person'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as devices from './devices.service.ts'
import * as email from './email.service.ts'
import { deviceOf } from './identity.routes.ts'
import type { IdentityRouteDeps } from './identity.service.ts'
import { describeMe } from './me.service.ts'
import * as password from './password.service.ts'
import { updatePerson } from './person.service.ts'

export interface PersonRouteDeps extends IdentityRouteDeps {
  /** What the pages for signing in and up offer. */
  options: typeof auth.signInOptions.response._output
}

const SENT = { status: 'mail_sent' } as const

export function registerPersonRoutes(endpoints: Endpoints, deps: PersonRouteDeps): void {
  endpoints.register(auth.signInOptions, () => Promise.resolve(deps.options))

  endpoints.register(auth.verifyEmail, async ({ body, caller, request }) => {
    await email.verifyEmail(deps, caller, body.token, deviceOf(request))
    return undefined
  })

  endpoints.register(auth.resendVerification, async ({ caller }) => {
    await email.resendVerification(deps, caller)
    return SENT
  })

  endpoints.register(auth.requestPasswordReset, async ({ body }) => {
    await password.requestPasswordReset(deps, body.email)
    return SENT
  })

  endpoints.register(auth.resetPassword, async ({ body, request, reply }) => {
    const device = deviceOf(request)
    deps.browser.setDeviceCookie(reply, await password.resetPassword(deps, body.token, body.password, device))
    return undefined
  })

  endpoints.register(contract.updateMe, async ({ body, caller, request, reply }) => {
    const origin = { requestId: request.id, sessionId: caller.sessionId, ip: request.ip }
    await updatePerson(deps, caller.identityId, body, origin)
    reply.header('cache-control', 'no-store')
    return describeMe(deps, caller)
  })

  endpoints.register(contract.changePassword, async ({ body, caller, request, reply }) => {
    deps.browser.setDeviceCookie(reply, await password.changePassword(deps, caller, body, deviceOf(request)))
    return undefined
  })

  endpoints.register(contract.requestEmailChange, async ({ body, caller }) => {
    await email.requestEmailChange(deps, caller, body.email)
    return SENT
  })

  endpoints.register(contract.listSessions, ({ caller, query }) => devices.listSessions(deps, caller, query))

  endpoints.register(contract.endOneSession, async ({ caller, params, request, reply }) => {
    await devices.endSession(deps, caller, params.id, deviceOf(request))
    if (params.id.toLowerCase() === caller.sessionId) deps.browser.clearCookies(reply)
    return undefined
  })

  endpoints.register(contract.endOtherSessions, async ({ caller, request }) => ({
    ended: await devices.endOtherSessions(deps, caller, deviceOf(request)),
  }))

  endpoints.register(contract.listSecurityEvents, ({ caller, query }) =>
    devices.listSecurityEvents(deps, caller, query),
  )

  endpoints.register(contract.confirmEmailChange, async ({ body, caller, request }) => {
    await email.confirmEmailChange(deps, caller, body.token, deviceOf(request))
    return undefined
  })
}
