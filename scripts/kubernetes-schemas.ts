// Every Kubernetes document against the schema of its kind. The schemas (npm's kubernetes-models) are fetched into
// .data for this alone: no other command needs their 30 MB.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { ROOT } from './env-file.ts'

const PACKAGE = 'kubernetes-models@5.1.0'
const FOLDER = path.join(ROOT, '.data', 'kubernetes-schemas')
const MANIFESTS = path.join(ROOT, 'deploy', 'kubernetes')

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
}

type Models = Record<string, new (manifest: Manifest) => { validate(): void }>

/** @returns what is wrong, a line for each document; and how many there are */
export async function validateKubernetes(): Promise<{ problems: string[]; documents: number }> {
  const schemas = fetchedSchemas()
  const problems: string[] = []
  let documents = 0
  for (const file of globSync('{base,migrate,overlays/*}/*.yaml', { cwd: MANIFESTS })) {
    if (file.endsWith('kustomization.yaml')) continue
    for (const document of parseAllDocuments(readFileSync(path.join(MANIFESTS, file), 'utf8'))) {
      const manifest = document.toJS() as Manifest
      documents += 1
      try {
        const file = path.join(schemas, manifest.apiVersion, 'index.js')
        const models = (await import(pathToFileURL(file).href)) as Models
        const Model = models[manifest.kind]
        if (!Model) throw new Error(`${manifest.apiVersion} has no ${manifest.kind}`)
        new Model(manifest).validate()
      } catch (error) {
        problems.push(`${file}: ${manifest.kind} ${manifest.metadata.name}: ${(error as Error).message}`)
      }
    }
  }
  return { problems, documents }
}

/** @returns the folder of the package */
function fetchedSchemas(): string {
  const folder = path.join(FOLDER, 'node_modules', 'kubernetes-models')
  if (!existsSync(folder)) {
    mkdirSync(FOLDER, { recursive: true })
    const args = ['install', '--prefix', FOLDER, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE]
    execFileSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return folder
}
