/** Every endpoint of the API, in the order of the reference. */
import * as accounts from './accounts.ts'
import * as audit from './audit.ts'
import * as auth from './auth.ts'
import * as budgets from './budgets.ts'
import * as categories from './categories.ts'
import * as csp from './csp.ts'
import * as control from './control.ts'
import type { EndpointSpec } from './endpoint.ts'
import * as events from './events.ts'
import * as members from './members.ts'
import * as imports from './imports.ts'
import * as person from './person.ts'
import * as privacy from './privacy.ts'
import * as reports from './reports.ts'
import * as tokens from './tokens.ts'
import * as transactions from './transactions.ts'
import * as whatsapp from './whatsapp.ts'
import * as workspace from './workspace.ts'

export const API_PREFIX = '/api/v1'

export const ENDPOINTS: readonly EndpointSpec[] = [
  auth.register,
  auth.login,
  auth.refresh,
  auth.logout,
  auth.switchTenant,
  auth.me,
  auth.signInOptions,
  auth.verifyEmail,
  auth.finishRegistration,
  auth.resendVerification,
  auth.requestPasswordReset,
  auth.resetPassword,
  person.updateMe,
  person.changePassword,
  person.requestEmailChange,
  person.confirmEmailChange,
  person.listSessions,
  person.endOneSession,
  person.endOtherSessions,
  person.listSecurityEvents,
  tokens.listTokens,
  tokens.createToken,
  tokens.revokeToken,
  workspace.getWorkspace,
  workspace.updateWorkspace,
  workspace.allowSupport,
  workspace.endSupport,
  members.listMembers,
  members.updateMember,
  members.removeMember,
  members.leaveWorkspace,
  members.transferOwnership,
  accounts.createAccount,
  accounts.listAccounts,
  accounts.getAccount,
  accounts.updateAccount,
  accounts.deleteAccount,
  categories.createCategory,
  categories.listCategories,
  categories.getCategory,
  categories.updateCategory,
  categories.deleteCategory,
  transactions.createTransaction,
  transactions.listTransactions,
  transactions.getTransaction,
  transactions.updateTransaction,
  transactions.deleteTransaction,
  transactions.restoreTransaction,
  transactions.createTransfer,
  budgets.createBudget,
  budgets.listBudgets,
  budgets.getBudget,
  budgets.updateBudget,
  budgets.deleteBudget,
  imports.createImport,
  imports.listImports,
  imports.getImport,
  imports.listImportRows,
  imports.setImportMapping,
  imports.applyImport,
  imports.undoImport,
  reports.getSummary,
  whatsapp.createLinkCode,
  whatsapp.listChats,
  whatsapp.unlinkChat,
  whatsapp.listChatMessages,
  whatsapp.verifyWebhook,
  whatsapp.receiveWebhook,
  audit.listAuditLogs,
  audit.exportAuditLogs,
  audit.verifyAuditLogs,
  privacy.listConsents,
  privacy.recordConsent,
  privacy.createPersonalExport,
  privacy.listPersonalExports,
  privacy.downloadPersonalExport,
  privacy.eraseMe,
  privacy.getRetention,
  privacy.updateRetention,
  events.streamEvents,
  csp.reportCspViolation,
  control.operatorLogin,
  control.operatorLogout,
  control.operatorMe,
  control.controlListTenants,
  control.controlGetTenant,
  control.controlCreateTenant,
  control.controlSuspendTenant,
  control.controlResumeTenant,
  control.controlLimitTenant,
  control.controlSetPlan,
  control.controlListPlans,
  control.controlPutPlan,
  control.controlSupportSession,
  control.controlListActs,
]
