// `make type-check`: TypeScript over every workspace, all of them also when one has errors.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './env-file.ts'
import { runTool } from './test-runner.ts'

const WORKSPACES = ['contracts', 'backend', 'frontend', 'e2e']

// The web's routes are typed from its files; the dev server and the build write the same file.
const routes = path.join(ROOT, 'frontend', 'scripts', 'generate-routes.ts')
if (existsSync(routes) && (await runTool([routes])) !== 0) process.exit(1)

let failures = 0
for (const workspace of WORKSPACES) {
  const compiler = path.join('node_modules', 'typescript', 'bin', 'tsc')
  if ((await runTool([compiler, '--project', workspace])) !== 0) {
    console.error(`${workspace}: type errors`)
    failures += 1
  }
}
process.exit(failures === 0 ? 0 : 1)
