/** Which version runs: the root package's, and the commit that it was built from. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

export interface Version {
  version: string
  /** Abbreviated; null where nothing tells. */
  commit: string | null
}

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** @param commit what the image was built from; in a checkout git is asked instead */
export function readVersion(commit: string | undefined, root = ROOT): Version {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  return { version, commit: (commit ?? askGit(root))?.slice(0, 12) ?? null }
}

function askGit(root: string): string | undefined {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', timeout: 2_000 })
  return git.status === 0 ? git.stdout.trim() : undefined
}
