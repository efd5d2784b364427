/** What BACKUP_KEY comes to: who can open a backup, and what signs it. */
import { hkdfSync } from 'node:crypto'
import { identityToRecipient } from 'age-encryption'
import { identityIn, newIdentity, recipientsIn } from './age-identity.ts'

export interface BackupKey {
  /** Opens: `AGE-SECRET-KEY-1…`. */
  identity: string
  /** Public keys of everybody who can open what is written from now on, the identity's own first. */
  recipients: readonly string[]
  /** Vouches for what this key wrote. A public key lets anybody write a file that opens: it proves nothing. */
  signing: Buffer
}

/** The public key of an identity. */
export function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity)
}

/**
 * @param further BACKUP_RECIPIENTS
 * @throws Error naming the variable that is missing or wrong
 */
export async function backupKey(text: string | undefined, further?: string): Promise<BackupKey> {
  const identity = of('BACKUP_KEY', () => identityIn(text))
  const others = of('BACKUP_RECIPIENTS', () => recipientsIn(further))
  const signing = Buffer.from(hkdfSync('sha256', identity, '', 'chronos backup signature', 32))
  return { identity, recipients: [...new Set([await recipientOf(identity), ...others])], signing }
}

/** A key that nobody has, for drills and tests. */
export function newBackupKey(further?: string): Promise<BackupKey> {
  return backupKey(newIdentity(), further)
}

function of<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Error(`${name} ${(error as Error).message}.`, { cause: error })
  }
}
