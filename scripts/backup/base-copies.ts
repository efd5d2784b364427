// Which base copies and which archived WAL stay, and when the next copy is due. Pure. Two copies stay, so that any instant
// of the last week can be reached while a third is being made; WAL from before the older one serves nobody.
import { backupName, instantOf } from './retention.ts'

const EVERY_MS = 7 * 86_400_000
const KEPT = 2

/** `base-20261126T031500Z`; sorted by name is sorted by time. */
export function baseName(at: Date): string {
  return backupName(at).replace('chronos-', 'base-')
}

/** The instant of a name; undefined for what is no base copy. */
export function instantOfBase(name: string): Date | undefined {
  return name.startsWith('base-') ? instantOf(name.replace('base-', 'chronos-')) : undefined
}

/** Names of base copies, the newest first. */
export function basesOf(names: readonly string[]): string[] {
  return names
    .filter((name) => instantOfBase(name) !== undefined)
    .sort()
    .reverse()
}

export function isBaseDue(names: readonly string[], now: Date): boolean {
  const newest = instantOfBase(basesOf(names)[0] ?? '')
  return newest === undefined || now.getTime() - newest.getTime() >= EVERY_MS
}

export function expiredBases(names: readonly string[]): string[] {
  return basesOf(names).slice(KEPT)
}

/** The first segment that a copy needs, from its `backup_label`; undefined where it does not say. */
export function firstSegment(label: string): string | undefined {
  return /^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)/m.exec(label)?.[1]
}

/** Archived files from before a segment, whatever timeline they are of; histories of timelines are small and stay. */
export function expiredWal(names: readonly string[], first: string): string[] {
  return names.filter((name) => {
    const segment = /^[0-9A-F]{8}([0-9A-F]{16})(\.[0-9A-F]{8}\.backup)?(\.gz)?(\.age)?$/.exec(name)?.[1]
    return segment !== undefined && segment < first.slice(8)
  })
}
