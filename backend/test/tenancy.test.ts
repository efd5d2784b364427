/**
 * Every endpoint of the API, called by tenant B with A's ids: B learns nothing and changes nothing. An endpoint that
 * this file does not know fails it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

const OFX = `OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:UTF-8

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>1<ACCTID>77-1<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261101<TRNAMT>-10.00<FITID>a1<MEMO>Padaria</STMTTRN></BANKTRANLIST>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`

const HOME = { currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' }

interface World {
  sessionId: string
  accountId: string
  otherAccountId: string
  categoryId: string
  budgetId: string
  transactionId: string
  deletedId: string
  importId: string
  chatId: string
  personalExportId: string
  invitationId: string
  passkeyId: string
  tokenId: string
}

let harness: Harness
let a: Client
let b: Client
let world: World
/** What B has of its own, to mix A's ids into. */
let own: { accountId: string }

function created(answer: Answer): string {
  expect([answer.status, answer.body]).toEqual([201, expect.anything()])
  return answer.body.id as string
}

beforeAll(async () => {
  harness = await createHarness()
  a = await harness.signUp()
  b = await harness.signUp()
  await harness.database.admin.query(
    'update control.identities set email_verified_at = now() where email = $1',
    [b.email],
  )
  const login = { email: b.email, password: b.password, includeRefreshToken: true }
  b = harness.clientFor((await b.post('/auth/login', login)).body, b)
  const accountId = created(
    await a.post('/accounts', { name: 'Conta de A', type: 'checking', currency: 'BRL' }),
  )
  const otherAccountId = created(
    await a.post('/accounts', { name: 'Outra de A', type: 'savings', currency: 'BRL' }),
  )
  const categoryId = created(await a.post('/categories', { name: 'Categoria de A' }))
  const entry = {
    accountId,
    occurredOn: '2026-11-20',
    amountMinor: -5290,
    description: 'Segredo de A',
    categoryId,
  }
  const transactionId = created(await a.post('/transactions', entry))
  const deletedId = created(await a.post('/transactions', entry))
  expect((await a.delete(`/transactions/${deletedId}`)).status).toBe(204)
  const budgetId = created(await a.post('/budgets', { categoryId, amountMinor: 100_00 }))
  const importId = created(await a.upload('/imports', { name: 'a.ofx', content: OFX }))
  const chatId = crypto.randomUUID()
  const invitationId = crypto.randomUUID()
  await harness.database.admin.query(
    `insert into app.invitations (tenant_id, id, email, email_sealed, role, hidden_accounts, status, created_at, expires_at, updated_at)
     values ($1, $2, 'convite@example.com', 'x', 'member', '[]', 'waiting', now(), '2027-01-01', now())`,
    [a.session.tenant.id, invitationId],
  )
  await harness.database.admin.query(
    `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, state, created_at, updated_at) values ($1, $2, $3, '1', 'linked', now(), now())`,
    [a.session.tenant.id, chatId, a.session.user.id],
  )
  const tokenId = crypto.randomUUID()
  await harness.database.admin.query(
    `insert into control.api_tokens (id, token_hash, hint, name, scopes, tenant_id, user_id, identity_id, created_at, expires_at)
     select $3, 'none', 'chr_…', 'Token de A', '[]', $1, $2, identity_id, now(), now() + interval '1 day'
     from control.memberships where tenant_id = $1`,
    [a.session.tenant.id, a.session.user.id, tokenId],
  )
  const personalExportId = crypto.randomUUID()
  await harness.database.admin.query(
    `insert into control.personal_exports (id, identity_id, status, created_at)
     select $1, identity_id, 'ready', now() from control.memberships where user_id = $2`,
    [personalExportId, a.session.user.id],
  )
  await harness.database.admin.query(
    `insert into app.exports (tenant_id, id, status, requested_by, created_at) values ($1, $2, 'ready', $3, now())`,
    [a.session.tenant.id, personalExportId, a.session.user.id],
  )
  const passkeyId = crypto.randomUUID()
  await harness.database.admin.query(
    `insert into control.passkeys (id, identity_id, credential_id, public_key, counter, transports, synced, name, created_at)
     select $2, id, 'AAAA', 'AAAA', 0, '[]', false, 'Chave de A', now() from control.identities where email = $1`,
    [a.email, passkeyId],
  )
  own = {
    accountId: created(await b.post('/accounts', { name: 'Conta de B', type: 'checking', currency: 'BRL' })),
  }
  const sessionId = (await a.get('/me/sessions')).body.items[0].id as string
  world = {
    sessionId,
    accountId,
    otherAccountId,
    categoryId,
    budgetId,
    transactionId,
    deletedId,
    importId,
    chatId,
    personalExportId,
    invitationId,
    passkeyId,
    tokenId,
  }
})
afterAll(() => harness.close())

/** Everything that A has, as the administrator sees it. */
async function everythingOf(tenantId: string): Promise<string> {
  const { admin } = harness.database
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_catalog.pg_tables where schemaname = 'app' order by 1`,
  )
  const parts: string[] = []
  for (const { name } of tables) {
    const { rows } = await admin.query(
      `select to_jsonb(t)::text as row from ${name} t where tenant_id = $1 order by 1`,
      [tenantId],
    )
    parts.push(`${name} ${JSON.stringify(rows)}`)
  }
  return parts.join('\n')
}

const MAPPING = {
  delimiter: ',',
  firstDataLine: 2,
  date: { column: 0, order: 'YMD' },
  decimalMark: '.',
  amount: { style: 'signed', column: 2, positive: 'in' },
  descriptionColumns: [1],
}
const MATCH = { 'if-match': '*' }
const entry = (overrides: object): object => ({
  accountId: own.accountId,
  occurredOn: '2026-11-20',
  amountMinor: -100,
  description: 'x',
  ...overrides,
})

const REFUSALS = { 401: 'unauthenticated', 404: 'not_found', 422: 'unknown_reference' }
type Attack = () => Promise<Answer>
interface Case {
  /** What the answer must be; lists are asked for A's ids and must come back empty. */
  expect: 401 | 404 | 422 | 'empty' | 'own' | 'public'
  attacks: Attack[]
}

function cases(): Record<string, Case> {
  const [w, t] = [world, a.session.tenant.id]
  const missing = (...attacks: Attack[]): Case => ({ expect: 404, attacks })
  const unknown = (...attacks: Attack[]): Case => ({ expect: 422, attacks })
  /** Of operators, who are of no workspace: somebody's session of one opens nothing there. */
  const closed = (...attacks: Attack[]): Case => ({ expect: 401, attacks })
  const empty = (...attacks: Attack[]): Case => ({ expect: 'empty', attacks })
  const publicRoute: Case = { expect: 'public', attacks: [] }
  return {
    register: publicRoute,
    login: { expect: 'public', attacks: [] },
    refreshSession: publicRoute,
    verifyWhatsappWebhook: publicRoute,
    receiveWhatsappWebhook: publicRoute,
    logout: { expect: 'own', attacks: [] },
    switchTenant: missing(() => b.post('/auth/switch', { tenantId: a.session.tenant.id })),
    provideSecondFactor: publicRoute,
    getSecondFactorOptions: publicRoute,
    getPasskeySignInOptions: publicRoute,
    signInWithPasskey: publicRoute,
    stepUp: { expect: 'own', attacks: [] },
    getStepUpOptions: { expect: 'own', attacks: [] },
    getFactors: { expect: 'own', attacks: [() => b.get('/me/factors')] },
    startTotp: { expect: 'own', attacks: [] },
    confirmTotp: { expect: 'own', attacks: [] },
    removeTotp: { expect: 'own', attacks: [] },
    renewRecoveryCodes: { expect: 'own', attacks: [] },
    getPasskeyOptions: { expect: 'own', attacks: [] },
    createPasskey: { expect: 'own', attacks: [] },
    renamePasskey: missing(() => b.patch(`/me/passkeys/${w.passkeyId}`, { name: 'taken over' })),
    deletePasskey: missing(() => b.delete(`/me/passkeys/${w.passkeyId}`)),
    startProviderSignIn: publicRoute,
    finishProviderSignIn: publicRoute,
    proveByProvider: { expect: 'own', attacks: [] },
    connectProvider: { expect: 'own', attacks: [] },
    disconnectProvider: { expect: 'own', attacks: [() => b.delete('/me/provider')] },
    getMe: { expect: 'own', attacks: [() => b.get('/me')] },
    listTokens: { expect: 'own', attacks: [() => b.get('/me/tokens')] },
    createToken: { expect: 'own', attacks: [] },
    revokeToken: missing(() => b.delete(`/me/tokens/${w.tokenId}`)),
    getSignInOptions: publicRoute,
    verifyEmail: publicRoute,
    resendVerification: { expect: 'own', attacks: [] },
    requestPasswordReset: publicRoute,
    resetPassword: publicRoute,
    updateMe: { expect: 'own', attacks: [() => b.patch('/me', { name: 'B', locale: 'es' })] },
    changePassword: { expect: 'own', attacks: [] },
    requestEmailChange: { expect: 'own', attacks: [() => b.post('/me/email', { email: a.email })] },
    confirmEmailChange: publicRoute,
    finishRegistration: publicRoute,
    listSessions: { expect: 'own', attacks: [() => b.get('/me/sessions')] },
    endSession: missing(() => b.delete(`/me/sessions/${w.sessionId}`)),
    endOtherSessions: { expect: 'own', attacks: [() => b.post('/me/sessions/end-others')] },
    listSecurityEvents: { expect: 'own', attacks: [() => b.get('/me/security-events')] },
    getWorkspace: { expect: 'own', attacks: [() => b.get('/workspace')] },
    updateWorkspace: { expect: 'own', attacks: [] },
    createWorkspace: { expect: 'own', attacks: [() => b.post('/workspaces', { ...HOME, name: 'Mais' })] },
    requestWorkspaceDeletion: { expect: 'own', attacks: [] },
    cancelWorkspaceDeletion: { expect: 'own', attacks: [() => b.delete('/workspace/deletion')] },
    createExport: { expect: 'own', attacks: [() => b.post('/exports')] },
    listExports: { expect: 'own', attacks: [() => b.get('/exports')] },
    getExport: missing(() => b.get(`/exports/${w.personalExportId}`)),
    downloadExport: missing(() => b.get(`/exports/${w.personalExportId}/file`)),
    allowSupportAccess: { expect: 'own', attacks: [] },
    endSupportAccess: { expect: 'own', attacks: [] },
    listMembers: { expect: 'own', attacks: [() => b.get('/members')] },
    updateMember: missing(
      () => b.patch(`/members/${a.session.user.id}`, { role: 'viewer' }, MATCH),
      () => b.patch(`/members/${a.session.user.id}`, { hiddenAccountIds: [w.accountId] }, MATCH),
    ),
    removeMember: missing(() => b.delete(`/members/${a.session.user.id}`)),
    leaveWorkspace: { expect: 'own', attacks: [] },
    transferOwnership: unknown(() => b.post('/workspace/owner', { memberId: a.session.user.id })),
    listInvitations: { expect: 'own', attacks: [() => b.get('/invitations')] },
    createInvitation: { expect: 'own', attacks: [] },
    resendInvitation: missing(() => b.post(`/invitations/${w.invitationId}/resend`)),
    revokeInvitation: missing(() => b.delete(`/invitations/${w.invitationId}`)),
    previewInvitation: publicRoute,
    registerInvited: publicRoute,
    acceptInvitation: { expect: 'own', attacks: [] },
    createAccount: { expect: 'own', attacks: [] },
    listAccounts: { expect: 'own', attacks: [() => b.get('/accounts')] },
    getAccount: missing(() => b.get(`/accounts/${w.accountId}`)),
    updateAccount: missing(() => b.patch(`/accounts/${w.accountId}`, { name: 'taken over' }, MATCH)),
    deleteAccount: missing(() => b.delete(`/accounts/${w.otherAccountId}`)),
    createCategory: unknown(() => b.post('/categories', { name: 'x', parentId: w.categoryId })),
    listCategories: { expect: 'own', attacks: [() => b.get('/categories')] },
    getCategory: missing(() => b.get(`/categories/${w.categoryId}`)),
    updateCategory: missing(() => b.patch(`/categories/${w.categoryId}`, { name: 'taken over' }, MATCH)),
    deleteCategory: missing(() => b.delete(`/categories/${w.categoryId}`)),
    createTransaction: unknown(
      () => b.post('/transactions', entry({ accountId: w.accountId })),
      () => b.post('/transactions', entry({ categoryId: w.categoryId })),
      () => b.post('/transactions', entry({ lines: [{ amountMinor: -100, categoryId: w.categoryId }] })),
    ),
    listTransactions: empty(
      () => b.get(`/transactions?accountId=${w.accountId}`),
      () => b.get(`/transactions?categoryId=${w.categoryId}`),
      () => b.get('/transactions?q=segredo'),
    ),
    getTransaction: missing(() => b.get(`/transactions/${w.transactionId}`)),
    updateTransaction: missing(
      () => b.patch(`/transactions/${w.transactionId}`, { description: 'taken over' }, MATCH),
      () => b.patch(`/transactions/${w.transactionId}`, { accountId: own.accountId }, MATCH),
    ),
    deleteTransaction: missing(() => b.delete(`/transactions/${w.transactionId}`)),
    restoreTransaction: missing(() => b.post(`/transactions/${w.deletedId}/restore`)),
    createTransfer: unknown(
      () =>
        b.post('/transfers', {
          fromAccountId: own.accountId,
          toAccountId: w.accountId,
          occurredOn: '2026-11-20',
          amountMinor: 5,
          description: 'x',
        }),
      () =>
        b.post('/transfers', {
          fromAccountId: w.accountId,
          toAccountId: own.accountId,
          occurredOn: '2026-11-20',
          amountMinor: 5,
          description: 'x',
        }),
    ),
    createBudget: unknown(() => b.post('/budgets', { categoryId: w.categoryId, amountMinor: 5 })),
    listBudgets: empty(() => b.get('/budgets')),
    getBudget: missing(() => b.get(`/budgets/${w.budgetId}`)),
    updateBudget: missing(() => b.patch(`/budgets/${w.budgetId}`, { amountMinor: 5 }, MATCH)),
    deleteBudget: missing(() => b.delete(`/budgets/${w.budgetId}`)),
    createImport: unknown(() =>
      b.upload('/imports', { name: 'b.ofx', content: OFX }, { accountId: w.accountId }),
    ),
    listImports: empty(() => b.get('/imports')),
    getImport: missing(() => b.get(`/imports/${w.importId}`)),
    listImportRows: missing(() => b.get(`/imports/${w.importId}/rows`)),
    setImportMapping: missing(() => b.put(`/imports/${w.importId}/mapping`, MAPPING)),
    applyImport: missing(() => b.post(`/imports/${w.importId}/apply`, { accounts: { '77-1': 'create' } })),
    undoImport: missing(() => b.post(`/imports/${w.importId}/undo`)),
    getSummary: empty(() => b.get('/reports/summary?from=2026-01-01&to=2026-12-31')),
    createLinkCode: { expect: 'own', attacks: [] },
    listWhatsappChats: empty(() => b.get('/whatsapp/chats')),
    unlinkWhatsappChat: missing(() => b.delete(`/whatsapp/chats/${w.chatId}`)),
    listWhatsappMessages: missing(() => b.get(`/whatsapp/chats/${w.chatId}/messages`)),
    listAuditLogs: {
      expect: 'own',
      attacks: [() => b.get('/audit-logs?limit=200'), () => b.get(`/audit-logs?entityId=${w.transactionId}`)],
    },
    exportAuditLogs: {
      expect: 'own',
      attacks: [
        () => b.get('/audit-logs/export?format=json'),
        () => b.get(`/audit-logs/export?entityId=${w.transactionId}`),
        () => b.get(`/audit-logs/export?actorId=${a.session.user.id}`),
      ],
    },
    verifyAuditLogs: { expect: 'own', attacks: [() => b.post('/audit-logs/verify')] },
    listConsents: { expect: 'own', attacks: [() => b.get('/me/consents')] },
    recordConsent: { expect: 'own', attacks: [] },
    createPersonalExport: { expect: 'own', attacks: [] },
    listPersonalExports: empty(() => b.get('/me/exports')),
    downloadPersonalExport: missing(() => b.get(`/me/exports/${w.personalExportId}/file`)),
    erasePerson: { expect: 'own', attacks: [] },
    getRetention: { expect: 'own', attacks: [() => b.get('/workspace/retention')] },
    updateRetention: { expect: 'own', attacks: [] },
    operatorLogin: publicRoute,
    operatorLogout: closed(() => b.delete('/control/sessions/current')),
    getOperator: closed(() => b.get('/control/me')),
    controlListTenants: closed(() => b.get('/control/tenants')),
    controlGetTenant: closed(() => b.get(`/control/tenants/${t}`)),
    controlCreateTenant: closed(() => b.post('/control/tenants', {})),
    controlSuspendTenant: closed(() => b.post(`/control/tenants/${t}/suspend`, { reason: 'x' })),
    controlResumeTenant: closed(() => b.post(`/control/tenants/${t}/resume`)),
    controlLimitTenant: closed(() => b.put(`/control/tenants/${t}/limits`, { limits: {}, features: {} })),
    controlSetPlan: closed(() => b.post(`/control/tenants/${t}/plan`, { planId: 'free' })),
    controlListPlans: closed(() => b.get('/control/plans')),
    controlPutPlan: closed(() => b.put('/control/plans/free', {})),
    controlSupportSession: closed(() => b.post(`/control/tenants/${t}/support-session`)),
    controlEndSessions: closed(() => b.post('/control/persons/end-sessions', {})),
    controlListActs: closed(() => b.get('/control/acts')),
    streamEvents: { expect: 'own', attacks: [] },
    reportCspViolation: publicRoute,
  }
}

describe("tenant B with tenant A's ids", () => {
  it('knows every endpoint of the API, and every endpoint is registered', () => {
    const ids = ENDPOINTS.map((endpoint) => endpoint.id).sort()
    expect(Object.keys(cases()).sort()).toEqual(ids)
    expect([...harness.endpoints.registered].sort()).toEqual(ids)
  })

  it.each(ENDPOINTS.map((endpoint) => [endpoint.id]))(
    'learns nothing and changes nothing through %s',
    async (id) => {
      const attack = cases()[id]
      if (!attack) throw new Error(`unknown endpoint ${id}`)
      const before = await everythingOf(a.session.tenant.id)
      for (const send of attack.attacks) {
        const answer = await send()
        if (typeof attack.expect === 'number')
          expect([answer.status, answer.body.code]).toEqual([attack.expect, REFUSALS[attack.expect]])
        if (attack.expect === 'empty') expect([answer.status, answer.body.items]).toEqual([200, []])
        const text = JSON.stringify(answer.body)
        // A refusal may repeat the id that it was asked for; an answer may not hold anything of A.
        if (answer.status < 400)
          for (const foreign of Object.values(world)) expect(text).not.toContain(foreign)
        expect(text).not.toContain('de A')
        expect(text).not.toContain(a.session.tenant.id)
      }
      expect(await everythingOf(a.session.tenant.id)).toBe(before)
    },
  )

  it('answers for an id of A exactly as for an id that nobody has', async () => {
    const nobody = crypto.randomUUID()
    for (const [path, id] of [
      ['accounts', world.accountId],
      ['transactions', world.transactionId],
      ['imports', world.importId],
    ] as const) {
      const [foreign, absent] = [await b.get(`/${path}/${id}`), await b.get(`/${path}/${nobody}`)]
      expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' })
    }
  })
})
