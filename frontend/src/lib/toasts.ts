import { notifications } from '@mantine/notifications'
import { errorText } from './error-text.ts'

/** Tells of a refusal that no form shows. */
export function toastError(error: unknown): void {
  const { title, detail } = errorText(error)
  notifications.show({ color: 'goiaba', title, message: detail, autoClose: 8000 })
}

/** Tells of something done. */
export function toastDone(message: string): void {
  notifications.show({ color: 'mate', message, autoClose: 3500 })
}
