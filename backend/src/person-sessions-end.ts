/**
 * `make person-sessions-end EMAIL=… [REASON=…] [TOKENS=1]`: ends every session of a person, in all their workspaces, and
 * with TOKENS=1 their API tokens. The person, their workspaces and the log of acts are told, as when an operator does it.
 */
import { Email } from '@chronos/contracts/auth'
import { lineOf } from '@chronos/contracts/text'
import { z } from 'zod'
import { COMMAND_LINE } from './modules/control-plane/command-line.ts'
import { endSessions } from './modules/control-plane/persons.service.ts'
import { runInContext } from './operator-program.ts'

const [email, reason = '', tokens = ''] = process.argv.slice(2)
const input = z
  .object({ email: Email, reason: lineOf(1, 200), tokens: z.enum(['', '0', '1']) })
  .safeParse({ email, reason: reason === '' ? 'an incident' : reason, tokens })
if (!input.success) {
  process.stderr.write(
    'Say whose: make person-sessions-end EMAIL=ana@example.com [REASON="stolen laptop"] [TOKENS=1]\n',
  )
  process.exit(2)
}
await runInContext(async (context) => {
  const asked = { ...input.data, tokens: input.data.tokens === '1' }
  const ended = await endSessions(context, asked, COMMAND_LINE)
  process.stdout.write(`${asked.email}: ${ended.sessions} sessions and ${ended.tokens} API tokens ended\n`)
}, `Nobody here has the e-mail ${input.data.email}.`)
