// `make clean`: what the next build or run makes again. `make clean-all`: packages, logs and the development database
// as well; data goes only after a yes. `.env` stays: its keys may belong to a backup.
import { existsSync, globSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ask } from './ask.ts'
import { developmentDataDir } from './dev-database.ts'
import { runningDev } from './dev-state.ts'
import { endAbandonedServer } from './embedded-postgres.ts'
import { ROOT } from './env-file.ts'

const MADE_AGAIN = [
  '*/dist',
  'coverage',
  'e2e/results',
  '*.tsbuildinfo',
  '*/*.tsbuildinfo',
  'frontend/src/route-tree.gen.ts',
  '.data/e2e-web',
  '.data/logs',
]

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  console.log(`  removed ${path.relative(ROOT, folder)}`)
}

async function main(isAll: boolean): Promise<number> {
  if (runningDev()) {
    console.error('make dev is running; "make stop" ends it.')
    return 1
  }
  const data = developmentDataDir()
  const cluster = path.join(data, 'cluster')
  if (isAll && existsSync(cluster)) {
    const answer = await ask(
      `This deletes the development database in ${data}, and all packages. Type "yes" to go on: `,
    )
    if (answer !== 'yes') {
      console.log('Nothing was changed.')
      return 0
    }
    await endAbandonedServer(data)
    remove(cluster)
    rmSync(path.join(data, 'superuser-password'), { force: true })
  }
  for (const found of globSync(MADE_AGAIN, { cwd: ROOT })) remove(path.join(ROOT, found))
  if (isAll)
    for (const found of globSync(['node_modules', '*/node_modules'], { cwd: ROOT }))
      remove(path.join(ROOT, found))
  console.log('Clean.')
  return 0
}

process.exit(await main(process.argv[2] === 'all'))
