/**
 * `make person-reset-link EMAIL=…`: prints a link to a new password, for who runs the server to hand over where no mail
 * leaves. It holds for an hour and once; the log of acts tells of it. Second factors stay as they are.
 */
import { Email } from '@chronos/contracts/auth'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { COMMAND_LINE } from './modules/control-plane/command-line.ts'
import { resetLink } from './modules/control-plane/persons.service.ts'
import { AppError } from './platform/errors.ts'

const email = Email.safeParse(process.argv[2])
if (!email.success) {
  process.stderr.write('Say for whom: make person-reset-link EMAIL=ana@example.com\n')
  process.exit(2)
}
const config = readConfig()
const context = await createContext(config)
try {
  const { path, expiresAt } = await resetLink(context, email.data, COMMAND_LINE)
  process.stdout.write(
    [
      `${config.publicUrl}${path}`,
      `Whoever has this link chooses the password of ${email.data}: hand it to them alone. It works once, until ${expiresAt.toISOString()}.`,
      '',
    ].join('\n'),
  )
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  await context.close()
}
