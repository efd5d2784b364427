// `make backup-key`: a new key for backups, as age-keygen prints one. It goes nowhere but to who asked.
import { newIdentity } from '../../backend/src/platform/age-identity.ts'
import { recipientOf } from '../../backend/src/platform/backup-key.ts'

const identity = newIdentity()
console.log(`# created: ${new Date().toISOString().slice(0, 19)}Z`)
console.log(`# public key: ${await recipientOf(identity)}`)
console.log(identity)
