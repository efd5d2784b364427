/**
 * `make person-reset-link EMAIL=…`: prints a link to a new password, for who runs the server to hand over where no mail
 * leaves. It holds for an hour and once; the log of acts tells of it. Second factors stay,
 * except where it is the first proof of the address.
 */
import { Email } from '@chronos/contracts/auth'
import { COMMAND_LINE } from './modules/control-plane/command-line.ts'
import { resetLink } from './modules/control-plane/persons.service.ts'
import { runInContext } from './operator-program.ts'

const email = Email.safeParse(process.argv[2])
if (!email.success) {
  process.stderr.write('Say for whom: make person-reset-link EMAIL=ana@example.com\n')
  process.exit(2)
}
await runInContext(async (context, config) => {
  const { path, expiresAt } = await resetLink(context, email.data, COMMAND_LINE)
  process.stdout.write(
    [
      `${config.publicUrl}${path}`,
      `Whoever has this link chooses the password of ${email.data}: hand it to them alone. It works once, until ${expiresAt.toISOString()}.`,
      '',
    ].join('\n'),
  )
}, `Nobody here has the e-mail ${email.data}.`)
