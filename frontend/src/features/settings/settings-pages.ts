import type { Permission } from '@chronos/contracts/permissions'
import {
  IconDownload,
  IconKey,
  IconOwnData,
  IconPeople,
  IconPerson,
  IconPlan,
  IconSecurity,
  IconWorkspace,
} from '../../components/icons.ts'

interface SettingsPage {
  to: `/settings/${string}`
  /** Its text's key under `settings.pages`. */
  name: string
  icon: typeof IconPerson
  /** `you`: the person's own, in every workspace. */
  group: 'you' | 'workspace'
  /** What the role must allow for the page to be of use; null: everybody's. */
  permission: Permission | null
}

/** The pages of the settings, in the order of their navigation. */
export const SETTINGS_PAGES = [
  { to: '/settings/profile', name: 'profile', icon: IconPerson, group: 'you', permission: null },
  { to: '/settings/security', name: 'security', icon: IconSecurity, group: 'you', permission: null },
  { to: '/settings/tokens', name: 'tokens', icon: IconKey, group: 'you', permission: null },
  { to: '/settings/data', name: 'data', icon: IconOwnData, group: 'you', permission: null },
  { to: '/settings/workspace', name: 'workspace', icon: IconWorkspace, group: 'workspace', permission: null },
  {
    to: '/settings/members',
    name: 'members',
    icon: IconPeople,
    group: 'workspace',
    permission: 'members.read',
  },
  { to: '/settings/plan', name: 'plan', icon: IconPlan, group: 'workspace', permission: 'ledger.read' },
  {
    to: '/settings/exports',
    name: 'exports',
    icon: IconDownload,
    group: 'workspace',
    permission: 'ledger.export',
  },
] as const satisfies readonly SettingsPage[]

export const SETTINGS_GROUPS = ['you', 'workspace'] as const
