// A question that only "yes" answers: before data goes. CHRONOS_YES=1 says it for scripts.
import { createInterface } from 'node:readline/promises'

/** What was typed; '' where nobody can answer. */
export async function ask(question: string): Promise<string> {
  if (process.env['CHRONOS_YES'] === '1') return 'yes'
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(question), closed])
  terminal.close()
  return answer.trim()
}
