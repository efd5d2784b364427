/**
 * Where the rows of a file's accounts go. An account of the file is recognised by the number and currency of one of
 * ours, or by where it went last time; the account chosen at the upload is the fallback.
 */

import { numberKey } from '../accounts/accounts.rules.ts'

export interface FileAccountName {
  key: string
  number: string | null
  currency: string | null
  /** By what it is remembered, see {@link sourcesOf}. */
  sources: readonly string[]
}

export interface OwnAccount {
  id: string
  currency: string
  number_key: string | null
}

export interface Destinations {
  accounts: readonly OwnAccount[]
  /** Account id by {@link sourcesOf}. */
  sources: ReadonlyMap<string, string>
  fallback: OwnAccount | null
}

/**
 * What a file's account is remembered by. Where it has a number, that and its currency. Where it has none: first the
 * file itself, then the layout of such files, which another bank may share, so that it only suggests.
 */
export function sourcesOf(
  account: { number: string | null; currency: string | null },
  file: { hash: string; layout: string },
): string[] {
  const key = numberKey(account.number)
  if (key !== null) return [`${key}|${account.currency ?? ''}`]
  return [`file:${file.hash}`, `layout:${file.layout}|${account.currency ?? ''}`]
}

/** Account id by key of the file; a key that nothing is known of is absent. */
export function targetsOf(
  files: readonly FileAccountName[],
  destinations: Destinations,
): Record<string, string> {
  const targets: Record<string, string> = {}
  for (const file of files) {
    const target = targetOf(file, destinations)
    if (target !== null) targets[file.key] = target.id
  }
  return targets
}

function targetOf(file: FileAccountName, { accounts, sources, fallback }: Destinations): OwnAccount | null {
  const fits = (account: OwnAccount | undefined | null): account is OwnAccount =>
    account !== undefined &&
    account !== null &&
    (file.currency === null || account.currency === file.currency)
  // The account chosen at the upload says more of a file without a number than where another file went.
  if (file.number === null && fits(fallback)) return fallback
  for (const source of file.sources) {
    const last = accounts.find((account) => account.id === sources.get(source))
    if (fits(last)) return last
  }
  const key = numberKey(file.number)
  const numbered =
    key === null ? undefined : accounts.find((account) => account.number_key === key && fits(account))
  if (numbered) return numbered
  return fits(fallback) ? fallback : null
}
