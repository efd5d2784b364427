import type { DataExport } from '@chronos/contracts/exports'

export function isUnderWay({ status }: Pick<DataExport, 'status'>): boolean {
  return status === 'waiting' || status === 'running'
}

/** A file past its end is gone, also where the server has not yet said so. */
export function isThere({ status, expiresAt }: Pick<DataExport, 'status' | 'expiresAt'>, now: Date): boolean {
  return status === 'ready' && (expiresAt === null || Date.parse(expiresAt) > now.getTime())
}
