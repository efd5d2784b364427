/** The mail catcher, as somebody reads their mail in it. */
import { expect } from '@playwright/test'
import { settings } from './settings.ts'

interface CaughtMail {
  to: string[]
  text: string
}

/** The newest link to a page that came to an address, as a path of ours with its secret. Waits for it. */
export async function linkTo(email: string, pathname: string): Promise<string> {
  const pattern = new RegExp(`${settings.webUrl}(${pathname}#token=[\\w-]+)`)
  let link: string | undefined
  await expect
    .poll(async () => {
      const response = await fetch(`${settings.mailUrl}/api/messages`)
      const { items } = (await response.json()) as { items: CaughtMail[] }
      link = items
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => pattern.exec(text)?.[1])
        .find((found) => found !== undefined)
      return link
    })
    .toBeDefined()
  return link ?? ''
}
