/** The signed-in person: name, password, e-mail, and where they are signed in. */
import { z } from 'zod'
import { Email, LinkToken, Locale, MailSent, Me, Password } from './auth.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { page, PageQuery } from './pagination.ts'
import { lineOf } from './text.ts'

export const PersonUpdate = z.strictObject({ name: lineOf(1, 120).optional(), locale: Locale.optional() })
export type PersonUpdate = z.infer<typeof PersonUpdate>

export const updateMe = endpoint({
  id: 'updateMe',
  method: 'PATCH',
  path: '/me',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  summary: 'Change name or language of the signed-in person, in all their workspaces',
  body: PersonUpdate,
  status: 200,
  response: Me,
})

export const changePassword = endpoint({
  id: 'changePassword',
  method: 'POST',
  path: '/me/password',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  rate: 'authentication',
  summary: 'Change the password; ends every other session',
  body: z.strictObject({
    currentPassword: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: 'Left out by who has none yet' }),
    newPassword: Password,
  }),
  status: 204,
  response: null,
  errors: ['invalid_credentials', 'weak_password', 'step_up_required'],
})

export const requestEmailChange = endpoint({
  id: 'requestEmailChange',
  method: 'POST',
  path: '/me/email',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  stepUp: true,
  rate: 'mail',
  summary:
    'Send a link to a new address, which becomes the e-mail when it is followed; the old address is told',
  body: z.strictObject({ email: Email }),
  status: 202,
  response: MailSent,
})

export const confirmEmailChange = endpoint({
  id: 'confirmEmailChange',
  method: 'POST',
  path: '/auth/email-change',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  rate: 'authentication',
  summary: 'Take over a new e-mail by the link that came, in a session of the same person',
  body: z.strictObject({ token: LinkToken }),
  status: 204,
  response: null,
  errors: ['link_invalid'],
})

export const DeviceSession = z
  .object({
    id: z.string(),
    device: z.string().meta({ description: 'Browser and system in words, as far as they can be told' }),
    ip: z.string().nullable(),
    tenantName: z.string(),
    method: z
      .string()
      .meta({ description: 'password, passkey, provider; with a second factor: password+totp' }),
    startedAt: Instant,
    lastSeenAt: Instant,
    expiresAt: Instant,
    current: z.boolean(),
  })
  .meta({ id: 'DeviceSession' })
export type DeviceSession = z.infer<typeof DeviceSession>

export const listSessions = endpoint({
  id: 'listSessions',
  method: 'GET',
  path: '/me/sessions',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  summary: 'Where the person is signed in, this session first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(DeviceSession),
})

export const endOneSession = endpoint({
  id: 'endSession',
  method: 'DELETE',
  path: '/me/sessions/{id}',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  summary: 'End one session of the person at once, everywhere',
  params: IdParams,
  status: 204,
  response: null,
})

export const endOtherSessions = endpoint({
  id: 'endOtherSessions',
  method: 'POST',
  path: '/me/sessions/end-others',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  summary: 'End every session of the person but this one',
  status: 200,
  response: z.object({ ended: z.int() }),
})

export const SecurityEvent = z
  .object({
    id: z.string(),
    at: Instant,
    event: z.string().meta({ description: 'As session.started, password.changed, factor.added' }),
    ip: z.string().nullable(),
    device: z.string().nullable(),
  })
  .meta({ id: 'SecurityEvent' })

export const listSecurityEvents = endpoint({
  id: 'listSecurityEvents',
  method: 'GET',
  path: '/me/security-events',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  summary: 'What happened to the sign-in of the person, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(SecurityEvent),
})
