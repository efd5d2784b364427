// The files that the checks of this folder read.
import { globSync } from 'node:fs'
import path from 'node:path'

const FOLDERS = ['contracts', 'backend', 'frontend', 'e2e', 'scripts', 'bench']
const GENERATED = /\/(node_modules|dist|generated|coverage|results)\/|route-tree\.gen\.ts$/

/** All TypeScript of the repository that a person wrote, as paths from `root` with '/'. */
export function sourceFiles(root: string): string[] {
  return globSync(`{${FOLDERS.join(',')}}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/node_modules/**'] })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !GENERATED.test(`/${file}`))
    .sort()
}

/** The SQL migrations, as paths from `root` with '/'. */
export function migrationFiles(root: string): string[] {
  return globSync('backend/migrations/*.sql', { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .sort()
}
