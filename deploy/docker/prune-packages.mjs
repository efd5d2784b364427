// node prune-packages.mjs <workspace>: deletes from node_modules what the workspace does not depend on. npm also installs
// optional peers that the lock file knows (the Prisma CLI, TypeScript), which no running process loads.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const ROOT = process.cwd()
const kept = new Set()

/** The folder that Node finds a package in, from a folder upwards. */
function find(from, name) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name)
    if (existsSync(candidate)) return candidate
    if (folder === ROOT || folder === path.dirname(folder)) return undefined
  }
}

function keep(folder) {
  if (kept.has(folder)) return
  kept.add(folder)
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  )
  const names = [manifest.dependencies, manifest.optionalDependencies].flatMap((list) =>
    Object.keys(list ?? {}),
  )
  for (const name of [...names, ...peers]) {
    const found = find(folder, name)
    if (found) keep(found)
  }
}

function packagesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(path.join(folder, name)).map((part) => path.join(folder, name, part))
        : [path.join(folder, name)],
    )
}

const workspace = path.resolve(process.argv[2] ?? '.')
keep(workspace)
for (const folder of [path.join(ROOT, 'node_modules'), path.join(workspace, 'node_modules')])
  for (const found of packagesIn(folder))
    if (!kept.has(found)) rmSync(found, { recursive: true, force: true })
