import { SegmentedControl, Text } from '@mantine/core'
import { LOCALES } from '@chronos/contracts/auth'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from '../../components/logo.tsx'
import { speak } from '../../lib/i18n.ts'
import classes from './public-frame.module.css'

const SHORT = { 'pt-BR': 'PT', en: 'EN', es: 'ES' } as const
const NAMES = { 'pt-BR': 'Português', en: 'English', es: 'Español' } as const

/** The pages before signing in: what this is on one side, the form on the other. */
export function PublicFrame({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation()
  return (
    <div className={classes['frame']}>
      <section className={classes['story']} aria-label="CHRONOS">
        <Logo />
        <div className={classes['words']}>
          <p className={classes['headline']}>{t('session.headline')}</p>
          <p className={classes['subline']}>{t('session.subline')}</p>
        </div>
        <div className={classes['waves']} aria-hidden />
      </section>
      <main className={classes['main']}>
        <div className={classes['language']}>
          <SegmentedControl
            size="xs"
            aria-label={t('settings.language')}
            value={i18n.language}
            onChange={(value) => {
              const locale = LOCALES.find((known) => known === value)
              if (locale) void speak(locale, true)
            }}
            data={LOCALES.map((locale) => ({
              value: locale,
              label: (
                <span lang={locale} aria-label={NAMES[locale]}>
                  {SHORT[locale]}
                </span>
              ),
            }))}
          />
        </div>
        <div className={classes['form']}>{children}</div>
        <Text size="xs" c="dimmed" ta="center">
          {t('session.footer')}
        </Text>
      </main>
    </div>
  )
}
