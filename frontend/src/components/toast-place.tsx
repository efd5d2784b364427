import '@mantine/notifications/styles.layer.css'
import { Notifications, notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import classes from './toast-place.module.css'
import { toastsAreReady } from '../lib/toasts.ts'

export function ToastPlace() {
  useEffect(() => toastsAreReady((data) => notifications.show(data)), [])
  return <Notifications className={classes['place'] ?? ''} position="bottom-center" limit={3} zIndex={400} />
}
