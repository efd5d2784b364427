/** Who chats with the double, and what was said: in memory, oldest first. */
import { randomBytes, randomInt } from 'node:crypto'
import { cutText } from '../payload-fields.ts'
import { bsuidOf, waIdOf } from '../payload-sender.ts'

export interface Person {
  readonly key: string
  readonly bsuid: string
  /** Null for somebody who hides the number behind a username. */
  readonly waId: string | null
  name: string
  /** Milliseconds; opens the 24-hour window. Null: has never written through the double. */
  lastWroteAt: number | null
}

export type Tick = 'pending' | 'sent' | 'delivered' | 'read' | 'failed'

export interface ChatLine {
  readonly wamid: string
  readonly person: string
  readonly from: 'person' | 'business'
  readonly text: string
  readonly buttons: readonly { readonly id: string; readonly title: string }[]
  readonly quoted: string | null
  readonly fileName: string | null
  readonly at: string
  tick: Tick
  error: string | null
}

export interface Directory {
  readonly people: Map<string, Person>
  readonly lines: readonly ChatLine[]
  /** Keeps the last 2,000. */
  add(line: ChatLine): void
  /** The person of a phone or BSUID, made on the spot where unknown. */
  personOf(id: { waId?: string | null; bsuid?: string | null; name?: string | null }): Person
  lineOf(wamid: string): ChatLine | undefined
}

export function newWamid(): string {
  return `wamid.${randomBytes(24).toString('base64')}`
}

const MAX_LINES = 2000

export function createDirectory(): Directory {
  const people = new Map<string, Person>()
  const lines: ChatLine[] = []

  function personOf(id: { waId?: string | null; bsuid?: string | null; name?: string | null }): Person {
    const waId = waIdOf(id.waId ?? null)
    const bsuid = bsuidOf(id.bsuid ?? null)
    const name = cutText(id.name ?? '', 60)
    for (const person of people.values())
      if ((waId !== null && person.waId === waId) || (bsuid !== null && person.bsuid === bsuid)) {
        if (name !== '') person.name = name
        return person
      }
    const made = bsuid ?? `BR.${randomInt(1e12, 9e12)}${randomInt(1e6, 9e6)}`
    const key = waId ?? made
    const person: Person = {
      key,
      bsuid: made,
      waId,
      name: name || (waId ? `+${waId}` : made),
      lastWroteAt: null,
    }
    people.set(key, person)
    return person
  }

  return {
    people,
    lines,
    add(line) {
      lines.push(line)
      if (lines.length > MAX_LINES) lines.shift()
    },
    personOf,
    lineOf: (wamid) => lines.findLast((line) => line.wamid === wamid),
  }
}
