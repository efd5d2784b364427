import { allows } from '@chronos/contracts/permissions'
import type { Role } from '@chronos/contracts/permissions'
import { PAGES } from '../shell/navigation.ts'

export type PagePath = (typeof PAGES)[number]['to']

/**
 * Where somebody goes on after a change of workspace: on the same page, where there they may see it too. What the
 * address named besides (an account, a transaction) belongs to the workspace that was left.
 */
export function pageAfterSwitch(pathname: string, role: Role): PagePath {
  const page = PAGES.find(({ to }) => to === pathname)
  return page && allows(role, page.permission) ? page.to : '/'
}
