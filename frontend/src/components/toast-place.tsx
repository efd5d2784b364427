import '@mantine/notifications/styles.layer.css'
import { Notifications, notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import classes from './toast-place.module.css'
import { i18n } from '../lib/i18n.ts'
import { toastsAreReady } from '../lib/toasts.ts'

export function ToastPlace() {
  useEffect(
    () =>
      toastsAreReady((data) =>
        notifications.show({ closeButtonProps: { 'aria-label': i18n.t('common.close') }, ...data }),
      ),
    [],
  )
  return <Notifications className={classes['place'] ?? ''} position="bottom-center" limit={3} zIndex={400} />
}
