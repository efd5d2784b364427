import { PERMISSIONS, ROLES, allows } from '@chronos/contracts/permissions'
import type { Permission } from '@chronos/contracts/permissions'
import { ScrollArea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconCheck } from '../../components/icons.ts'
import { useSession } from '../../lib/session.tsx'
import classes from './members.module.css'

const ALL = Object.keys(PERMISSIONS) as Permission[]

/** Texts cannot have dots in their names. */
function nameOf<P extends Permission>(permission: P) {
  return permission.replace('.', '_') as P extends `${infer A}.${infer B}` ? `${A}_${B}` : never
}

/** What each role may do: printed from the very table that the server asks. */
export function PermissionTable() {
  const { t } = useTranslation()
  const { user } = useSession()
  return (
    // Wider than a phone: it scrolls, by keyboard too.
    <ScrollArea
      type="auto"
      className={classes['table'] ?? ''}
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('members.permissions') }}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{t('members.permission_column')}</th>
            {ROLES.map((role) => (
              <th key={role} scope="col" data-own={role === user.role || undefined}>
                {t(`audit.role.${role}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ALL.map((permission) => (
            <tr key={permission}>
              <th scope="row">{t(`members.permission.${nameOf(permission)}`)}</th>
              {ROLES.map((role) => (
                <td key={role} data-own={role === user.role || undefined}>
                  {allows(role, permission) ? (
                    <IconCheck size={18} role="img" aria-label={t('common.yes')} />
                  ) : (
                    <span className={classes['none']} role="img" aria-label={t('common.no')}>
                      –
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
