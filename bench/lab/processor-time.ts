/**
 * Processor time and memory of processes, from /proc: Linux only. The kernel counts in ticks of 10 ms, so a window
 * has to be seconds long.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { SkippedError } from './figure.ts'

const TICK_MS = 10

interface Stat {
  parent: number
  /** Of the process, its threads included. */
  ownMs: number
  /** Of its children that have ended. */
  childrenMs: number
}

function readStat(pid: number): Stat | null {
  try {
    // The program's name stands in brackets and may hold anything; what follows it is numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const at = (index: number): number => Number(fields[index] ?? 0)
    return {
      parent: at(1),
      ownMs: (at(11) + at(12)) * TICK_MS,
      childrenMs: (at(13) + at(14)) * TICK_MS,
    }
  } catch {
    return null
  }
}

/** Processor time that a process has used, in milliseconds; 0 when it is gone. */
export function processMs(pid: number): number {
  return readStat(pid)?.ownMs ?? 0
}

/** Of a server that forks: itself, its children that live and those that have ended. */
export function familyMs(pid: number): number {
  const head = readStat(pid)
  if (!head) return 0
  let total = head.ownMs + head.childrenMs
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = readStat(Number(entry))
    if (stat?.parent === pid) total += stat.ownMs + stat.childrenMs
  }
  return total
}

export function parentOf(pid: number): number {
  const parent = readStat(pid)?.parent
  if (parent === undefined) throw new SkippedError('Processor time is read from /proc, which is not here')
  return parent
}

/** The most memory that a process ever had resident, in bytes. */
export function peakMemoryBytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}
