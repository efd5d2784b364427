import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { Currency } from './money.ts'
import { ROLES } from './permissions.ts'
import { lineOf } from './text.ts'

export const LOCALES = ['pt-BR', 'en', 'es'] as const
/** BCP 47 tag. The three above have translations; any other region of them falls back to its language. */
export const Locale = z
  .string()
  .max(35)
  .refine((tag) => /^(pt|en|es)(-[A-Za-z0-9]{2,8})*$/.test(tag), {
    error: 'Language must be pt, en or es, as pt-BR',
  })
  .meta({ id: 'Locale', examples: ['pt-BR'] })

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
export const TimeZone = z
  .string()
  .max(64)
  .refine((name) => /^[A-Za-z]/.test(name) && isTimeZone(name), {
    error: 'Not an IANA time zone, as America/Sao_Paulo',
  })
  .meta({ id: 'TimeZone', examples: ['America/Sao_Paulo'] })

export const Email = z
  .string()
  .max(254)
  .transform((text) => text.trim().toLowerCase().normalize('NFC'))
  .pipe(z.email())
  .meta({ examples: ['ana@example.com'] })

export const Password = z.string().min(8, { error: 'At least 8 characters' }).max(256)

export const User = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  locale: z.string(),
  emailVerified: z.boolean(),
})
export type User = z.infer<typeof User>

export const Tenant = z.object({
  id: z.string(),
  name: z.string(),
  currency: z.string(),
  locale: z.string(),
  timezone: z.string(),
})
export type Tenant = z.infer<typeof Tenant>

export const TenantChoice = z.object({ id: z.string(), name: z.string() })
/** Answer to what goes on by mail. It never says whether there is such a person. */
export const MailSent = z.object({ status: z.literal('mail_sent') }).meta({ id: 'MailSent' })
export type TenantChoice = z.infer<typeof TenantChoice>

export const SessionAnswer = z
  .object({
    accessToken: z.string().meta({ description: 'Send as Authorization: Bearer' }),
    expiresIn: z.int().meta({ description: 'Seconds' }),
    csrfToken: z.string().meta({ description: 'Browsers send it as X-CSRF-Token on unsafe methods' }),
    refreshToken: z.string().optional().meta({ description: 'Only where includeRefreshToken was true' }),
    user: User,
    tenant: Tenant,
    tenants: z.array(TenantChoice).meta({ description: 'Workspaces of this person' }),
  })
  .meta({ id: 'Session' })
export type SessionAnswer = z.infer<typeof SessionAnswer>

export const IncludeRefreshToken = z
  .boolean()
  .default(false)
  .meta({ description: 'Programs set it to get the refresh token in the body; browsers keep it in a cookie' })

export const RegisterBody = z.strictObject({
  name: lineOf(1, 120),
  email: Email,
  password: Password,
  workspaceName: lineOf(1, 120),
  currency: Currency,
  locale: Locale,
  timezone: TimeZone,
  includeRefreshToken: IncludeRefreshToken,
})
export type RegisterBody = z.infer<typeof RegisterBody>

export const register = endpoint({
  id: 'register',
  method: 'POST',
  path: '/auth/register',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  summary: 'Create a person, a workspace of theirs, and sign in',
  body: RegisterBody,
  rate: 'register',
  status: 201,
  response: SessionAnswer,
  otherwise: { 202: MailSent },
  errors: ['email_taken', 'weak_password', 'registration_closed', 'too_many_requests'],
})

export const LoginBody = z.strictObject({
  email: Email,
  password: z.string().min(1).max(256),
  tenantId: z.guid().optional(),
  includeRefreshToken: IncludeRefreshToken,
})
export type LoginBody = z.infer<typeof LoginBody>

export const login = endpoint({
  id: 'login',
  method: 'POST',
  path: '/auth/login',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  summary: 'Sign in, to the workspace last used where none is named',
  body: LoginBody,
  status: 200,
  response: SessionAnswer,
  rate: 'password',
  errors: ['invalid_credentials', 'second_factor_required', 'workspace_suspended', 'too_many_requests'],
})

export const refresh = endpoint({
  id: 'refreshSession',
  method: 'POST',
  path: '/auth/refresh',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  summary: 'Exchange a refresh token (cookie, or body) for a new one and a new access token',
  body: z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }).optional(),
  status: 200,
  response: SessionAnswer,
  errors: ['session_ended', 'csrf_failed'],
})

export const logout = endpoint({
  id: 'logout',
  method: 'POST',
  path: '/auth/logout',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  summary: 'End this session at once, everywhere',
  status: 204,
  response: null,
})

export const switchTenant = endpoint({
  id: 'switchTenant',
  method: 'POST',
  path: '/auth/switch',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  summary: 'Go on in another workspace of the same person',
  body: z.strictObject({ tenantId: z.guid(), includeRefreshToken: IncludeRefreshToken }),
  status: 200,
  response: SessionAnswer,
  errors: ['not_found'],
})

export const Me = z
  .object({
    user: User,
    tenant: Tenant,
    tenants: z.array(TenantChoice),
    permissions: z.array(z.string()),
    hiddenAccounts: z
      .boolean()
      .meta({ description: 'Some accounts of the workspace are kept from this person' }),
    secondFactorMissing: z.boolean().meta({
      description:
        'The workspace demands a second factor: nothing but setting one up is open until there is one',
    }),
    provedUntil: Instant.meta({ description: 'Until then, dangerous acts ask for no new proof' }),
    csrfToken: z.string(),
    sessionStartedAt: Instant,
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const me = endpoint({
  id: 'getMe',
  method: 'GET',
  path: '/me',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  summary: 'The signed-in person, their workspace and permissions',
  status: 200,
  response: Me,
})

/** A secret of a link that came by mail. It travels in the fragment of the address, and here in a body. */
export const LinkToken = z.string().min(20).max(200)

export const SignInOptions = z
  .object({
    registration: z.enum(['open', 'invite', 'closed']),
    verifyFirst: z.boolean(),
    passwordReset: z.boolean().meta({ description: 'False where the server sends no mail' }),
    provider: z
      .object({ name: z.string() })
      .nullable()
      .meta({ description: "The operator's own OpenID provider" }),
  })
  .meta({ id: 'SignInOptions' })

export const signInOptions = endpoint({
  id: 'getSignInOptions',
  method: 'GET',
  path: '/auth/options',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  summary: 'What the pages for signing in and up offer on this server',
  status: 200,
  response: SignInOptions,
})

export const verifyEmail = endpoint({
  id: 'verifyEmail',
  method: 'POST',
  path: '/auth/verify-email',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  rate: 'authentication',
  summary: "Show that an e-mail is one's own, by the link that came, in a session of the same person",
  body: z.strictObject({ token: LinkToken }),
  status: 204,
  response: null,
  errors: ['link_invalid'],
})

export const finishRegistration = endpoint({
  id: 'finishRegistration',
  method: 'POST',
  path: '/auth/register/finish',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  summary:
    'Where a server verifies first: by the link that came, make the person and workspace that registering asked for, and sign in. The password is chosen here; the first one was only tried, so that nobody can choose it for the owner of an address',
  body: z.strictObject({ token: LinkToken, password: Password, includeRefreshToken: IncludeRefreshToken }),
  status: 201,
  response: SessionAnswer,
  errors: ['link_invalid', 'weak_password', 'email_taken'],
})

export const resendVerification = endpoint({
  id: 'resendVerification',
  method: 'POST',
  path: '/me/verification-mail',
  tag: 'Auth',
  auth: 'session',
  permission: null,
  enrolment: true,
  rate: 'mail',
  summary: 'Send the link that verifies the e-mail again; the links before it are void',
  status: 202,
  response: MailSent,
  errors: ['conflict'],
})

export const requestPasswordReset = endpoint({
  id: 'requestPasswordReset',
  method: 'POST',
  path: '/auth/password-reset',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  rate: 'mail',
  summary:
    'Send a link to choose a new password, where there is such a person; the answer is the same where not',
  body: z.strictObject({ email: Email }),
  status: 202,
  response: MailSent,
})

export const resetPassword = endpoint({
  id: 'resetPassword',
  method: 'POST',
  path: '/auth/password-reset/confirm',
  tag: 'Auth',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  summary:
    'Choose a new password by the link that came. Ends every session, signs nobody in, keeps second factors; where the e-mail was never proved before, removes all that opened the account',
  body: z.strictObject({ token: LinkToken, password: Password }),
  status: 204,
  response: null,
  errors: ['link_invalid', 'weak_password'],
})
