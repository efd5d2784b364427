import { allows } from '@chronos/contracts/permissions'
import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { VersionText } from '../../components/version-text.tsx'
import { useSession } from '../../lib/session.tsx'
import classes from './settings-frame.module.css'
import { SETTINGS_GROUPS, SETTINGS_PAGES } from './settings-pages.ts'

/** What surrounds the pages of the settings: their navigation at the side, on a phone above. */
export function SettingsFrame() {
  const { t } = useTranslation()
  const { user } = useSession()
  const pages = SETTINGS_PAGES.filter(
    ({ permission }) => permission === null || allows(user.role, permission),
  )
  return (
    <div className={classes['frame']}>
      <nav className={classes['nav']} aria-label={t('settings.title')}>
        {SETTINGS_GROUPS.map((group) => (
          <div key={group} className={classes['group']} role="group" aria-labelledby={`settings-${group}`}>
            <h2 id={`settings-${group}`} className={classes['label']}>
              {t(`settings.group.${group}`)}
            </h2>
            {pages
              .filter((page) => page.group === group)
              .map(({ to, name, icon: Icon }) => (
                <Link
                  key={to}
                  to={to}
                  className={classes['page']}
                  activeProps={{ 'data-active': true, ref: showFully }}
                >
                  <Icon size={18} stroke={1.7} aria-hidden />
                  {t(`settings.pages.${name}`)}
                </Link>
              ))}
          </div>
        ))}
      </nav>
      <div className={classes['content']}>
        <Outlet />
        <VersionText />
      </div>
    </div>
  )
}

/** On a phone the pages stand in a row that is wider than the screen. */
function showFully(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' })
}
