// `make sbom`: prints the inventory of what is shipped, as CycloneDX. npm writes it of everything that is installed; what
// server and web do not stand on is taken out here. npm's own --omit=dev takes out whatever a tool of development needs
// too (pg, zod, react among it), and names workspaces after their folders.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './env-file.ts'

interface Component {
  name: string
  'bom-ref': string
}
interface Sbom {
  metadata: { component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}
interface Manifest {
  name: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const SHIPPED = ['backend', 'frontend', 'contracts']

const nameOf = (ref: string): string => ref.slice(0, ref.lastIndexOf('@'))

/** What a workspace is shipped with, by name: of other packages npm installs nothing else. */
function wantedOf(): Map<string, Set<string>> {
  return new Map(
    SHIPPED.map((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
      const { name, dependencies = {}, optionalDependencies = {} } = manifest
      return [name, new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)])]
    }),
  )
}

interface Locked {
  name?: string
  version?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** By `name@version`: what a package takes where it is there and does not need, such as Prisma's program by its client. */
function optionalPeers(): Map<string, Set<string>> {
  const text = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> }
  return new Map(
    Object.entries(packages).map(([place, locked]) => {
      const name = locked.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const needed = { ...locked.dependencies, ...locked.optionalDependencies }
      const optional = Object.entries(locked.peerDependenciesMeta ?? {})
        .filter(([peer, meta]) => meta.optional === true && !(peer in needed))
        .map(([peer]) => peer)
      return [`${name}@${locked.version ?? ''}`, new Set(optional)]
    }),
  )
}

/** References of all that the workspaces stand on, and of themselves. */
function shipped({ dependencies }: Sbom): Set<string> {
  const wanted = wantedOf()
  const optional = optionalPeers()
  const next = new Map(
    dependencies.map(({ ref, dependsOn }) => {
      const own = wanted.get(nameOf(ref))
      const isNeeded = (name: string): boolean => own?.has(name) ?? optional.get(ref)?.has(name) !== true
      return [ref, dependsOn.filter((each) => isNeeded(nameOf(each)))]
    }),
  )
  const reached = new Set([...next.keys()].filter((ref) => wanted.has(nameOf(ref))))
  for (const ref of reached) for (const each of next.get(ref) ?? []) reached.add(each)
  for (const { ref, dependsOn } of dependencies)
    dependsOn.splice(0, dependsOn.length, ...(next.get(ref) ?? []).filter((each) => reached.has(each)))
  return reached
}

const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--sbom-format=cyclonedx'], {
  ...{ cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 27 },
})
if (status !== 0) {
  console.error(`npm sbom failed: ${stderr.trim().split('\n')[0]}`)
  process.exit(1)
}
const sbom = JSON.parse(stdout) as Sbom
const root = sbom.metadata.component
const reached = shipped(sbom)
sbom.components = sbom.components.filter((each) => reached.has(each['bom-ref']))
const of = new Set([root['bom-ref'], ...reached])
sbom.dependencies = sbom.dependencies.filter(({ ref }) => of.has(ref))
for (const component of [root, ...sbom.components]) component.name = nameOf(component['bom-ref'])
console.log(JSON.stringify(sbom, null, 2))
