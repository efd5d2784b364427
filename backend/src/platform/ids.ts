import { v7 } from 'uuid'

/** A UUIDv7: made by the application, sorted by time of making, so that new rows meet in the same index pages. */
export function newId(): string {
  return v7()
}
