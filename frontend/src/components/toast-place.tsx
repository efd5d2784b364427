import '@mantine/notifications/styles.css'
import { Notifications, notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { toastsAreReady } from '../lib/toasts.ts'

export function ToastPlace() {
  useEffect(() => toastsAreReady((data) => notifications.show(data)), [])
  return <Notifications position="bottom-center" limit={3} zIndex={400} />
}
