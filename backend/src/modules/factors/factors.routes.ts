import * as contract from '@chronos/contracts/factors'
import type { FastifyReply } from 'fastify'
import type { SessionAnswer } from '@chronos/contracts/auth'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { deviceOf, type BrowserSession, type SignedIn } from '../identity/sign-in.service.ts'
import { describeFactors } from './factors.service.ts'
import * as passkeys from './passkeys.service.ts'
import * as signIn from './sign-in.service.ts'
import * as stepUps from './step-up.service.ts'
import * as totp from './totp.service.ts'

export interface FactorRouteDeps extends signIn.SignInDeps {
  browser: BrowserSession
  /** The operator's own OpenID provider. */
  provider: { issuer: string; name: string } | null
}

export function registerFactorRoutes(endpoints: Endpoints, deps: FactorRouteDeps): void {
  registerSignIn(endpoints, deps)

  endpoints.register(contract.stepUp, async ({ body, caller, request }) => {
    const provedUntil = await stepUps.stepUp(deps, caller, body, deviceOf(request))
    return { provedUntil: provedUntil.toISOString() }
  })
  endpoints.register(contract.stepUpOptions, ({ caller }) => stepUps.stepUpOptions(deps, caller))

  endpoints.register(contract.getFactors, ({ caller, tenant }) =>
    describeFactors(deps.control, tenant, caller.identityId, deps.provider),
  )

  endpoints.register(contract.startTotp, ({ caller }) => totp.startTotp(deps, caller))
  endpoints.register(contract.confirmTotp, async ({ body, caller, request }) => ({
    recoveryCodes: await totp.confirmTotp(deps, caller, body.code, deviceOf(request)),
  }))
  endpoints.register(contract.removeTotp, async ({ caller, request }) => {
    await totp.removeTotp(deps, caller, deviceOf(request))
    return undefined
  })
  endpoints.register(contract.renewRecoveryCodes, async ({ caller, request }) => ({
    recoveryCodes: await totp.renewRecoveryCodes(deps, caller, deviceOf(request)),
  }))

  endpoints.register(contract.passkeyOptions, ({ caller }) => passkeys.passkeyOptions(deps, caller))
  endpoints.register(contract.createPasskey, ({ body, caller, request }) =>
    passkeys.createPasskey(deps, caller, body, deviceOf(request)),
  )
  endpoints.register(contract.renamePasskey, ({ body, caller, params }) =>
    passkeys.renamePasskey(deps, caller, params.id, body.name),
  )
  endpoints.register(contract.deletePasskey, async ({ caller, params, request }) => {
    await passkeys.deletePasskey(deps, caller, params.id, deviceOf(request))
    return undefined
  })
}

function registerSignIn(endpoints: Endpoints, deps: FactorRouteDeps): void {
  const answer = (reply: FastifyReply, signedIn: SignedIn, include: boolean): SessionAnswer => {
    deps.browser.setCookies(reply, signedIn)
    return include ? { ...signedIn.answer, refreshToken: signedIn.refreshToken } : signedIn.answer
  }

  endpoints.register(contract.provideSecondFactor, async ({ body, request, reply }) => {
    const { includeRefreshToken, ...proof } = body
    return answer(reply, await signIn.finishSignIn(deps, proof, deviceOf(request)), includeRefreshToken)
  })
  endpoints.register(contract.secondFactorOptions, ({ body }) =>
    signIn.secondFactorOptions(deps, body.challenge),
  )
  endpoints.register(contract.passkeySignInOptions, () => signIn.passkeySignInOptions(deps))
  endpoints.register(contract.signInWithPasskey, async ({ body, request, reply }) =>
    answer(reply, await signIn.signInWithPasskey(deps, body, deviceOf(request)), body.includeRefreshToken),
  )
}
