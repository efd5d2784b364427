// `make test-nginx`: the files of deploy/nginx on the real nginx, without containers. Installs it where that is possible.
import { ensureProgram, NGINX } from './system-packages.ts'
import { runTool } from './test-runner.ts'

const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'scripts', 'scripts/nginx']
process.exit(await runTool(args, { NGINX_PATH: ensureProgram(NGINX) }))
