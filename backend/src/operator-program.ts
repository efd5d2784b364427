/** What the programs of who runs the server share: they work in the context that the configuration makes, and end with it. */
import { readConfig, type Config } from './config.ts'
import { createContext, type AppContext } from './context.ts'
import { AppError } from './platform/errors.ts'

/** A terminal shows what the program answers, and what goes wrong: that connections were opened is neither. */
export function forTerminal(config: Config): Config {
  return config.logLevel === 'info' ? { ...config, logLevel: 'warn' } : config
}

/**
 * Does the work. What the product refuses is said in one line, and ends the process with 1.
 * @param notFound the line where what was named is not there
 */
export async function runInContext(
  work: (context: AppContext, config: Config) => Promise<void>,
  notFound?: string,
): Promise<void> {
  const config = forTerminal(readConfig())
  const context = await createContext(config)
  try {
    await work(context, config)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const line = error.code === 'not_found' ? (notFound ?? error.message) : error.message
    process.stderr.write(`${line}\n`)
    process.exitCode = 1
  } finally {
    await context.close()
  }
}
