/**
 * `make operator-create EMAIL=… NAME=…`: makes an operator of this server. There is no default account, and no other way to
 * become one. Password and authenticator secret are made here and shown this once.
 */
import { randomBytes } from 'node:crypto'
import { Email } from '@chronos/contracts/auth'
import { lineOf } from '@chronos/contracts/text'
import { z } from 'zod'
import { createOperator } from './modules/control-plane/operators.service.ts'
import { runInContext } from './operator-program.ts'

const input = z
  .object({ EMAIL: Email, NAME: lineOf(1, 120) })
  .safeParse({ EMAIL: process.argv[2], NAME: process.argv[3] })
if (!input.success) {
  process.stderr.write('Say who: make operator-create EMAIL=ana@example.com NAME="Ana"\n')
  process.exit(2)
}
await runInContext(async (context, config) => {
  const password = randomBytes(18).toString('base64url')
  const { EMAIL: email, NAME: name } = input.data
  const { secret, uri } = await createOperator(
    { ...context, bcryptRounds: config.bcryptRounds },
    { email, name, password },
  )
  process.stdout.write(
    [
      `${name} <${email}> is an operator now. Sign in at ${config.publicUrl}/operator`,
      `Password: ${password}`,
      `Secret for an authenticator app: ${secret}`,
      `The same as an address: ${uri}`,
      'They are shown this once. Keep the password in a password manager, then clear this terminal.',
      '',
    ].join('\n'),
  )
})
