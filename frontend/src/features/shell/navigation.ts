import {
  IconAudit,
  IconBudget,
  IconCategory,
  IconDashboard,
  IconImport,
  IconSettings,
  IconTransactions,
  IconWallet,
  IconWhatsapp,
} from '../../components/icons.ts'

/** The pages, in the order of the sidebar; the name is its text's key under `nav`. */
export const PAGES = [
  { to: '/', name: 'dashboard', icon: IconDashboard, permission: 'ledger.read' },
  { to: '/transactions', name: 'transactions', icon: IconTransactions, permission: 'ledger.read' },
  { to: '/accounts', name: 'accounts', icon: IconWallet, permission: 'ledger.read' },
  { to: '/budgets', name: 'budgets', icon: IconBudget, permission: 'ledger.read' },
  { to: '/categories', name: 'categories', icon: IconCategory, permission: 'ledger.read' },
  { to: '/import', name: 'import', icon: IconImport, permission: 'imports.write' },
  { to: '/whatsapp', name: 'whatsapp', icon: IconWhatsapp, permission: 'whatsapp.read' },
  { to: '/audit', name: 'audit', icon: IconAudit, permission: 'audit.read' },
  { to: '/settings', name: 'settings', icon: IconSettings, permission: 'ledger.read' },
] as const
