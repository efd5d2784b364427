import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')

/**
 * What the web is built from, by the names that `src/lib/version.ts` reads.
 * @param given the commit; without it git is asked, and where nothing tells it is empty
 */
export function buildVersion(given?: string): { CHRONOS_VERSION: string; CHRONOS_COMMIT: string } {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })
  const commit = given || (git.status === 0 ? git.stdout.trim() : '')
  return { CHRONOS_VERSION: version, CHRONOS_COMMIT: commit.slice(0, 12) }
}
