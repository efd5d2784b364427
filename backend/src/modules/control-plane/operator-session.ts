/**
 * An operator's session on the wire: a cookie that no script reads and no other site sends, with a CSRF token for
 * unsafe methods; or, for programs, a bearer token. Neither is ever a session of a workspace.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../platform/errors.ts'
import type { OperatorCaller } from '../../plugins/endpoints.ts'
import { LIFETIME_MS, operatorOf, type OperatorDeps, type SignedInOperator } from './operators.service.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Made of the server's secret and the session; the identity module's. */
export interface CsrfTokens {
  csrfToken(sessionId: string): string
  isCsrfToken(sessionId: string, token: string): boolean
}

export interface OperatorSessions {
  /** @throws AppError unauthenticated, csrf_failed */
  read(request: FastifyRequest): Promise<SignedInOperator>
  authenticate(request: FastifyRequest): Promise<OperatorCaller>
  csrfToken(sessionId: string): string
  setCookie(reply: FastifyReply, token: string): void
  clearCookie(reply: FastifyReply): void
}

export function createOperatorSessions(
  deps: Pick<OperatorDeps, 'control' | 'clock'> & {
    tokens: CsrfTokens
    publicUrl: string
  },
): OperatorSessions {
  const secure = deps.publicUrl.startsWith('https://')
  const name = `${secure ? '__Host-' : ''}chronos_operator`
  const options = { path: '/', secure, sameSite: 'strict', httpOnly: true } as const
  const subject = (sessionId: string): string => `operator:${sessionId}`

  const read = async (request: FastifyRequest): Promise<SignedInOperator> => {
    const header = request.headers.authorization
    const bearer = header === undefined ? undefined : /^Bearer ([\w.-]+)$/i.exec(header.trim())?.[1]
    const token = header === undefined ? request.cookies[name] : bearer
    const signedIn = await operatorOf(deps, token ?? '')
    if (header === undefined && !SAFE.has(request.method)) {
      const csrf = request.headers['x-csrf-token']
      if (typeof csrf !== 'string' || !deps.tokens.isCsrfToken(subject(signedIn.sessionId), csrf)) {
        throw new AppError('csrf_failed', {
          detail: 'Send X-CSRF-Token with the token of this session (GET /control/me has it)',
        })
      }
    }
    return signedIn
  }
  return {
    read,
    async authenticate(request) {
      const { operator, sessionId } = await read(request)
      return { operatorId: operator.id, sessionId, name: operator.name }
    },
    csrfToken: (sessionId) => deps.tokens.csrfToken(subject(sessionId)),
    setCookie: (reply, token) =>
      void reply.setCookie(name, token, { ...options, maxAge: LIFETIME_MS / 1000 }),
    clearCookie: (reply) => void reply.clearCookie(name, options),
  }
}
