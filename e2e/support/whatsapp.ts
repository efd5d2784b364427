/** People who write to the bot, through the double of WhatsApp. */
import { expect } from '@playwright/test'
import { settings } from './settings.ts'

interface Line {
  person: string
  from: 'person' | 'business'
  text: string
}

export interface WhatsappPerson {
  name: string
  /** Sends a message, as one types it into a phone. */
  writes(text: string): Promise<void>
  /** What the bot has said to this person, oldest first. */
  hears(): Promise<string[]>
}

let phones = 0

/** A person with a phone of their own. */
export function whatsappPerson(name: string): WhatsappPerson {
  phones += 1
  const unique = `${process.pid}${Date.now()}`.slice(-7) + String(phones).padStart(2, '0')
  const phone = `5511${unique}`
  const post = async (path: string, body: Record<string, string>): Promise<void> => {
    const response = await fetch(`${settings.whatsappUrl}/simulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-simulator': '1' },
      body: JSON.stringify(body),
    })
    expect(response.ok, `the simulator takes ${path}`).toBe(true)
  }
  return {
    name,
    writes: (text) => post('messages', { phone, name, text }),
    async hears() {
      const response = await fetch(`${settings.whatsappUrl}/simulator/state`)
      const { lines } = (await response.json()) as { lines: Line[] }
      return lines.filter((line) => line.person === phone && line.from === 'business').map(({ text }) => text)
    },
  }
}
