/**
 * `make rotate-keys`: writes what is encrypted under a key of ENCRYPTION_KEY_PREVIOUS anew under ENCRYPTION_KEY, prints
 * how much, and ends with 1 where a value has a key that is not configured. It can be stopped and started again.
 */
import { runInContext } from './operator-program.ts'
import { rotateKeys } from './platform/key-rotation.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

await runInContext(async (context) => {
  const columns = await rotateKeys(context)
  for (const { column, rewritten, unreadable } of columns) {
    print(`${column}: ${rewritten} written anew`)
    for (const owner of unreadable) print(`  ${owner}: no configured key opens it`)
  }
  const lost = columns.reduce((sum, { unreadable }) => sum + unreadable.length, 0)
  print(
    lost === 0
      ? 'Nothing has an earlier key: once every process runs with the new one, ENCRYPTION_KEY_PREVIOUS can go.'
      : `${lost} values need a key that is not in ENCRYPTION_KEY_PREVIOUS.`,
  )
  process.exitCode = lost === 0 ? 0 : 1
})
