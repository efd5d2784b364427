/**
 * Builds Fastify from a context, without listening: tests and production build the same app. What is served is what
 * the roles of the process say. A process of other roles has `buildWorkerHttp`.
 */
import { isUtf8 } from 'node:buffer'
import { API_PREFIX } from '@chronos/contracts/endpoints'
import { finishProviderSignIn } from '@chronos/contracts/provider'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify'
import { CONSTRAINTS } from './constraints.ts'
import type { AppContext } from './context.ts'
import { registerAccountRoutes } from './modules/accounts/accounts.routes.ts'
import { createRefusalLog } from './modules/audit/refusals.ts'
import { registerAuditRoutes } from './modules/audit/audit.routes.ts'
import { registerBudgetRoutes } from './modules/budgets/budgets.routes.ts'
import { registerControlPlaneRoutes } from './modules/control-plane/control-plane.routes.ts'
import { createOperatorSessions } from './modules/control-plane/operator-session.ts'
import { isSupportActive, supportCaller, SUPPORT_PREFIX } from './modules/control-plane/support.service.ts'
import { registerCategoryRoutes } from './modules/categories/categories.routes.ts'
import { registerApiTokenRoutes } from './modules/identity/api-tokens.routes.ts'
import { isTokenActive } from './modules/identity/api-tokens.service.ts'
import { createBrowserSession } from './modules/identity/browser-session.ts'
import { createAuthenticate, registerIdentityRoutes } from './modules/identity/identity.routes.ts'
import { registerConsentRoutes } from './modules/consents/consents.routes.ts'
import { createOpenIdProvider } from './integrations/openid/provider.ts'
import { createDepartureCookie } from './modules/provider/departure-cookie.ts'
import { registerProviderRoutes } from './modules/provider/provider.routes.ts'
import { registerPersonRoutes } from './modules/identity/person.routes.ts'
import { registerFactorRoutes } from './modules/factors/factors.routes.ts'
import { relyingPartyOf } from './modules/factors/webauthn.rules.ts'
import { registerImportRoutes } from './modules/imports/imports.routes.ts'
import { registerCspRoutes } from './modules/csp/csp.routes.ts'
import { registerEventRoutes } from './modules/events/events.routes.ts'
import { isSessionActive } from './modules/identity/sessions.service.ts'
import type { IdentityRouteDeps } from './modules/identity/identity.service.ts'
import { registerExportRoutes } from './modules/exports/exports.routes.ts'
import { registerInvitationRoutes } from './modules/workspace/invitations.routes.ts'
import { registerMemberRoutes } from './modules/workspace/members.routes.ts'
import { registerWorkspaceRoutes } from './modules/workspace/workspace.routes.ts'
import { registerWebhookRoutes } from './modules/whatsapp/webhook.routes.ts'
import { registerWhatsappRoutes } from './modules/whatsapp/whatsapp.routes.ts'
import { tokensOf } from './modules/identity/tokens.ts'
import { registerReportRoutes } from './modules/reports/reports.routes.ts'
import { registerPrivacyRoutes } from './modules/privacy/privacy.routes.ts'
import { registerRetentionRoutes } from './modules/retention/retention.routes.ts'
import { registerTransactionRoutes } from './modules/transactions/transactions.routes.ts'
import { AppError } from './platform/errors.ts'
import { newId } from './platform/ids.ts'
import { registerAccessLog, traceIdOf } from './plugins/access-log.ts'
import { createEndpoints, type Credentials, type Endpoints } from './plugins/endpoints.ts'
import { createRateLimits } from './plugins/rate-limit.ts'
import { policiesFor } from './plugins/rate-policies.ts'
import { registerErrors, sendProblem, translate } from './plugins/errors.ts'
import { registerGuides } from './plugins/guides.ts'
import { registerHealth } from './plugins/health.ts'
import { registerMetrics } from './plugins/metrics.ts'
import { registerOpenApi } from './plugins/openapi.ts'
import { registerTracing } from './plugins/tracing.ts'
import { registerSecurityHeaders, setSecurityHeaders } from './plugins/security-headers.ts'

export interface App {
  fastify: FastifyInstance
  endpoints: Endpoints
}

const BODY_LIMIT = 1024 * 1024
/** More than the edge lets through (deploy/nginx/nginx.conf), which refuses in problem+json where Node cuts without a word. */
const HEADERS_LIMIT = 32 * 1024

/** @param isDraining tells a load balancer that the process ends soon */
export async function buildApp(context: AppContext, isDraining = (): boolean => false): Promise<App> {
  const { config } = context
  const app: FastifyInstance = fastify({
    loggerInstance: context.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    http: { maxHeaderSize: HEADERS_LIMIT },
    genReqId: () => newId(),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, trace: traceIdOf(request.headers, String(bindings['reqId'])) }, options),
    // A path that cannot even be decoded never reaches the error handler.
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(request, reply, config)
      void sendProblem(translate(error, CONSTRAINTS), request, reply)
    },
    trustProxy: config.trustedProxies.length === 0 ? false : config.trustedProxies,
    routerOptions: { maxParamLength: 100 },
    requestTimeout: 120_000,
    forceCloseConnections: 'idle',
    // What a load balancer sends at the very end is still answered.
    return503OnClosing: false,
  })
  acceptEmptyJson(app)
  registerTracing(app)
  registerAccessLog(app)
  registerMetrics(app, { ...context, token: config.metricsToken })
  registerSecurityHeaders(app, config)
  registerErrors(app, CONSTRAINTS, context.faults)
  registerHealth(app, { ...context, backupMaxAgeHours: config.backupMaxAgeHours, isDraining })
  return { fastify: app, endpoints: await registerRoutes(app, context) }
}

/** The endpoints of each role; none of the other roles is reached by HTTP. */
async function registerRoutes(app: FastifyInstance, context: AppContext): Promise<Endpoints> {
  const { config } = context
  const { roles } = config
  await app.register(cookie)
  await app.register(multipart, {
    limits: { files: 1, fields: 10, parts: 12, fileSize: 50 * 1024 * 1024, fieldSize: 64 * 1024 },
  })
  const identity = identityDeps(context)
  const operatorSessions = createOperatorSessions({
    ...context,
    tokens: identity.tokens,
    publicUrl: config.publicUrl,
  })
  const endpoints = createEndpointsOf(app, context, identity, operatorSessions)
  if (roles.has('api')) {
    await registerOpenApi(app, context.version.version)
    registerGuides(app)
    registerApi(endpoints, context, identity, operatorSessions)
  }
  if (roles.has('webhook')) {
    registerWebhookRoutes(endpoints, {
      ...context,
      ...config.whatsapp,
      limits: config.rateLimits
        ? { store: context.store, policies: policiesFor(config.environment, config.ratePolicies) }
        : null,
    })
  }
  if (roles.has('events')) registerEvents(app, endpoints, context, identity)
  return endpoints
}

function identityDeps(context: AppContext): IdentityRouteDeps {
  const { config } = context
  const tokens = tokensOf(config)
  return {
    ...context,
    tokens,
    bcryptRounds: config.bcryptRounds,
    browser: createBrowserSession(config.publicUrl, tokens),
    registration: config.registration,
    verifyFirst: config.verifyFirst,
    limitGuesses: config.rateLimits,
  }
}

type OperatorSessions = ReturnType<typeof createOperatorSessions>

function createEndpointsOf(
  app: FastifyInstance,
  context: AppContext,
  identity: IdentityRouteDeps,
  operatorSessions: OperatorSessions,
): Endpoints {
  const { config, clock, tenancy } = context
  const authenticate = createAuthenticate(identity)
  return createEndpoints(app, {
    tenancy,
    clock,
    authenticate: (request) => supportCredentials(context, request) ?? authenticate(request),
    authenticateOperator: operatorSessions.authenticate,
    limit: config.rateLimits
      ? createRateLimits(app, context.store, policiesFor(config.environment, config.ratePolicies), clock)
      : () => Promise.resolve(),
    refused: createRefusalLog(context),
  })
}

function registerApi(
  endpoints: Endpoints,
  context: AppContext,
  identity: IdentityRouteDeps,
  operatorSessions: OperatorSessions,
): void {
  const { config, clock } = context
  registerIdentityRoutes(endpoints, identity)
  const provider = config.oidc ? createOpenIdProvider(config.oidc, callbackOf(config.publicUrl)) : null
  registerFactorRoutes(endpoints, {
    ...context,
    ...identity,
    relyingParty: relyingPartyOf(config.publicUrl),
    provider,
  })
  registerProviderRoutes(endpoints, {
    ...identity,
    provider,
    publicUrl: config.publicUrl,
    cookie: createDepartureCookie(
      config.publicUrl,
      [config.sessionSecret, ...config.sessionSecretsBefore],
      clock,
    ),
  })
  registerApiTokenRoutes(endpoints, identity)
  registerWorkspaceRoutes(endpoints, identity)
  registerExportRoutes(endpoints, { ...context, log: context.logger })
  registerMemberRoutes(endpoints, identity)
  registerInvitationRoutes(endpoints, identity)
  registerPersonRoutes(endpoints, {
    ...identity,
    options: {
      registration: config.registration,
      verifyFirst: config.verifyFirst,
      passwordReset: config.email.host !== undefined,
      provider: provider && { name: provider.name },
    },
  })
  registerAccountRoutes(endpoints, context)
  registerCategoryRoutes(endpoints, { clock })
  registerTransactionRoutes(endpoints, context)
  registerAuditRoutes(endpoints, { ...context, headFile: config.auditHeadFile })
  registerCspRoutes(endpoints, context)
  registerBudgetRoutes(endpoints, { clock })
  registerReportRoutes(endpoints)
  registerImportRoutes(endpoints, context)
  registerWhatsappRoutes(endpoints, { ...context, ...config.whatsapp })
  registerConsentRoutes(endpoints, context)
  registerRetentionRoutes(endpoints, { clock })
  registerControlPlaneRoutes(endpoints, {
    ...context,
    ...config,
    billingSecrets:
      config.billingSecret === undefined ? [] : [config.billingSecret, ...config.billingSecretsBefore],
    sessions: operatorSessions,
  })
  registerPrivacyRoutes(endpoints, {
    ...context,
    log: context.logger,
    signedOut: (reply) => identity.browser.clearCookies(reply),
  })
}

function registerEvents(
  app: FastifyInstance,
  endpoints: Endpoints,
  context: AppContext,
  identity: IdentityRouteDeps,
): void {
  registerEventRoutes(app, endpoints, {
    bus: context.bus,
    isActive: (caller) => {
      if (caller.kind === 'token') return isTokenActive(identity, caller)
      if (caller.kind === 'support') return isSupportActive(context, caller.sessionId)
      return isSessionActive(identity, caller.sessionId)
    },
  })
}

/** Where the OpenID provider sends browsers back to, as it is registered there. */
function callbackOf(publicUrl: string): string {
  return `${publicUrl}${API_PREFIX}${finishProviderSignIn.path}`
}

/** An operator whom a workspace let in comes with a bearer token of its own kind, and never with a cookie. */
function supportCredentials(context: AppContext, request: FastifyRequest): Credentials | null {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization?.trim() ?? '')?.[1]
  if (!token?.startsWith(SUPPORT_PREFIX)) return null
  return { sessionId: token.slice(0, 40), caller: supportCaller(context, token) }
}

/** A POST without a body often says application/json all the same: that is no body, not a broken one. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  // No endpoint takes text: it is refused for its type (415), not for what would stand in it.
  app.removeContentTypeParser('text/plain')
  // Reports of browsers; bytes, as the endpoint that takes them asks for.
  for (const type of ['application/csp-report', 'application/reports+json'])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if ((request.routeOptions.config as { rawBody?: true }).rawBody) return done(null, body)
    if (typeof body !== 'string' && !isUtf8(body))
      return done(
        new AppError('invalid_request', { detail: 'The body is no valid UTF-8: send it so encoded' }),
      )
    const text = body.toString()
    if (text.trim() === '') return done(null, undefined)
    void parse(request, text, done)
  })
}
