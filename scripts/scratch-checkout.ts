// A copy of this checkout for tests that change files or make commits: the sources, without history, settings and data.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { developmentDataDir } from './dev-database.ts'
import { ROOT } from './env-file.ts'
import { removeWithThisProcess } from './reaper.ts'

const LEFT_OUT = new Set([
  '.git',
  '.env',
  '.env.production',
  '.data',
  'node_modules',
  'generated',
  'dist',
  'coverage',
  'route-tree.gen.ts',
])

export interface ScratchCheckout {
  folder: string
  /** Removes the folder, and the development database that a command made for it. */
  remove(): void
}

/** @param withPackages links the installed packages and the pinned Node; package-lock.json must then stay as it is */
export function scratchCheckout({ withPackages }: { withPackages: boolean }): ScratchCheckout {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'chronos checkout-')))
  removeWithThisProcess(folder)
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (source) => source === ROOT || !LEFT_OUT.has(path.basename(source)),
  })
  mkdirSync(path.join(folder, '.data'))
  if (withPackages)
    for (const name of ['node_modules', path.join('.data', 'node')])
      symlinkSync(path.join(ROOT, name), path.join(folder, name))
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true, force: true })
      rmSync(developmentDataDir(folder), { recursive: true, force: true })
    },
  }
}
