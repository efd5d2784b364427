/**
 * What a browser takes along to the provider: the departure's random values, what it left for, and in which session. It
 * is a cookie of this browser alone, for ten minutes, readable by the server alone (AES-256-GCM under a key derived
 * from SESSION_SECRET) and taken off when it comes back: an answer of the provider that somebody else asked for meets no
 * cookie that fits.
 */
import { hkdfSync } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import { createKeyring } from '../../platform/keyring.ts'

const Kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  fresh: z.boolean(),
  purpose: z.enum(['sign_in', 'connect', 'prove']),
  /** The session that left to connect or to prove; null for who signs in. */
  sessionId: z.string().nullable(),
  next: z.string(),
  until: z.number(),
})
export type Trip = Omit<z.infer<typeof Kept>, 'until'>

export interface DepartureCookie {
  put(reply: FastifyReply, trip: Trip): void
  /** Takes it off. @returns null where there is none, it is another server's, or its time is over */
  take(request: FastifyRequest, reply: FastifyReply): Trip | null
}

const SECONDS = 600
const PLACE = { owner: 'browser', column: 'cookie.provider' } as const

export function createDepartureCookie(
  publicUrl: string,
  secrets: readonly [string, ...string[]],
  clock: Clock,
): DepartureCookie {
  const secure = publicUrl.startsWith('https://')
  const name = `${secure ? '__Host-' : ''}chronos_provider`
  const attributes = { path: '/', secure, sameSite: 'lax', httpOnly: true } as const
  const [key, ...previous] = secrets.map(keyOf)
  const keyring = createKeyring<typeof PLACE.column>(key ?? '', previous)
  return {
    put(reply, trip) {
      const kept = { ...trip, until: clock.now().getTime() + SECONDS * 1000 }
      const sealed = keyring.seal(JSON.stringify(kept), PLACE)
      reply.setCookie(name, sealed, { ...attributes, maxAge: SECONDS })
    },
    take(request, reply) {
      const sealed = request.cookies[name]
      if (sealed === undefined) return null
      reply.clearCookie(name, attributes)
      try {
        const { until, ...trip } = Kept.parse(JSON.parse(keyring.open(sealed, PLACE)))
        return clock.now().getTime() < until ? trip : null
      } catch {
        return null
      }
    },
  }
}

function keyOf(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'chronos provider departure', 32)).toString('hex')
}
