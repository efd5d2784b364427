// What of a dump is restored. A cluster's coordinator dumps the rows of all its workers, as of any table; beside them it
// names its extension, which a server without Citus does not have, and which a coordinator has to be given anew, once
// there are tables to spread (docs/decisions/0013). So what belongs to the extension is left out, and the dump of a
// cluster is that of one server.
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { decrypting } from './cipher.ts'
import { DATABASE_FILES } from './create.ts'
import { inputOf, runProgram } from './programs.ts'

/** Lines of `pg_restore --list`, as `3; 3079 16385 EXTENSION - citus `. */
const OF_CITUS = /^\d+; \d+ \d+ (?:COMMENT - )?EXTENSION (?:- )?"?citus(?:_columnar)?"?\s*$/
const OF_CATALOGUE = /^\d+; \d+ \d+ (?:TABLE DATA|SEQUENCE SET) (?:pg_catalog|columnar_internal) /

/** The list without a cluster's own; undefined where there is nothing of one. */
export function withoutCluster(list: string): string | undefined {
  const lines = list.split('\n')
  const kept = lines.filter((line) => !OF_CITUS.test(line) && !OF_CATALOGUE.test(line))
  return kept.length === lines.length ? undefined : kept.join('\n')
}

/**
 * @param program pg_restore
 * @returns what to restore, for `--use-list`; undefined for all of it
 */
export async function listOf(program: string, folder: string, key: BackupKey): Promise<string | undefined> {
  const run = runProgram(program, ['--list'], {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    stdin: 'pipe',
  })
  if (!run.child.stdout) throw new Error('pg_restore has no output')
  // It ends once it has read the table of contents: the rest need not be decrypted for it.
  const enough = new AbortController()
  const source = createReadStream(path.join(folder, DATABASE_FILES.dump))
  const fed = pipeline(source, decrypting(key), inputOf(run), { signal: enough.signal })
  const [list] = await Promise.all([
    text(run.child.stdout),
    run.ended.finally(() => enough.abort()),
    fed.catch((error: unknown) => {
      if (enough.signal.aborted) return
      run.child.kill()
      throw error
    }),
  ])
  return withoutCluster(list)
}
