/** An operator of the server under test, made as its own operators are: by the command line, which shows the secrets once. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { generateSync } from 'otplib'

export interface Operator {
  name: string
  email: string
  password: string
  /** What their authenticator app shows now. A code is taken once. */
  code(): string
}

const COMMAND = path.join(import.meta.dirname, '../../backend/src/operator-create.ts')

export async function makeOperator(name: string): Promise<Operator> {
  const email = `operador-${process.pid}-${Date.now().toString(36)}@example.com`
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, email, name])
  const password = /^Password: (\S+)$/m.exec(stdout)?.[1]
  const secret = /^Secret for an authenticator app: (\S+)$/m.exec(stdout)?.[1]
  if (password === undefined || secret === undefined) throw new Error('The command showed no secrets')
  return { name, email, password, code: () => generateSync({ secret }) }
}
