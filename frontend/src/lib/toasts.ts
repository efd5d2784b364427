/** Short messages over the page. What shows them is loaded with the first one: it is no part of the first load. */
import type { NotificationData } from '@mantine/notifications'
import { errorText } from './error-text.ts'

type Show = (toast: NotificationData) => void

const listeners = new Set<() => void>()
let show: Show | null = null
const waiting: NotificationData[] = []

/** Asks for the first toast to be shown: {@link onFirstToast}'s listener mounts the place for them. */
export function toast(data: NotificationData): void {
  if (show) return show(data)
  waiting.push(data)
  for (const listener of listeners) listener()
}

/** @returns what ends the listening */
export function onFirstToast(listener: () => void): () => void {
  listeners.add(listener)
  if (waiting.length > 0) listener()
  return () => listeners.delete(listener)
}

/** From here on there is a place for toasts; those that waited are shown. */
export function toastsAreReady(shower: Show): void {
  show = shower
  for (const data of waiting.splice(0)) shower(data)
}

/** Takes one back before its time. */
export async function hideToast(id: string): Promise<void> {
  const { notifications } = await import('@mantine/notifications')
  notifications.hide(id)
}

/** Tells of a refusal that no form shows. */
export function toastError(error: unknown): void {
  const { title, detail } = errorText(error)
  toast({ color: 'goiaba', title, message: detail, autoClose: 8000 })
}

/** Tells of something done. */
export function toastDone(message: string): void {
  toast({ color: 'mate', message, autoClose: 3500 })
}
