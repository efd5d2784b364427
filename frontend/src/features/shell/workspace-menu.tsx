import { Menu, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconSelector, IconSignOut } from '../../components/icons.ts'
import { useSession } from '../../lib/session.tsx'
import { useSignOut } from '../session/session-actions.ts'
import { LanguageItems, SchemeItems, WorkspaceItems } from './menu-items.tsx'
import { NewWorkspace } from './new-workspace.tsx'
import classes from './sidebar.module.css'

/** Workspace, language, colours, signing out. */
export function WorkspaceMenu() {
  const { t } = useTranslation()
  const { tenant, user } = useSession()
  const signOut = useSignOut()
  const [opening, setOpening] = useState(false)
  return (
    <>
      <Menu width={240} position="bottom-start">
        <Menu.Target>
          <UnstyledButton className={classes['workspace'] ?? ''}>
            <span className={classes['initial']} aria-hidden>
              {tenant.name.slice(0, 1).toLocaleUpperCase()}
            </span>
            <span className={classes['names']}>
              <span>{tenant.name}</span>
              <span>{user.name}</span>
            </span>
            <VisuallyHidden>{t('nav.workspace_menu')}</VisuallyHidden>
            <IconSelector size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <WorkspaceItems onNew={() => setOpening(true)} />
          <LanguageItems />
          <SchemeItems />
          <Menu.Divider />
          <Menu.Item leftSection={<IconSignOut size={16} aria-hidden />} onClick={() => signOut.mutate()}>
            {t('session.sign_out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NewWorkspace opened={opening} onClose={() => setOpening(false)} />
    </>
  )
}
