/**
 * The documents of the repository, served at `/docs/guides/` beside the reference of the API. They are read and rendered
 * when the server starts: an address is looked up in that list and never becomes a path of the file system.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { pageName, pageOf, renderPage, titleOf } from './guide-text.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const OF_THE_ROOT = ['CHANGELOG.md', 'SECURITY.md', 'SUPPORT.md']

/** All documents, from the root of the repository with '/'; none in an image without them. */
export function guideFiles(root = ROOT): string[] {
  const inFolder = globSync('docs/**/*.md', { cwd: root }).map((file) => file.split(path.sep).join('/'))
  return [...inFolder, ...OF_THE_ROOT.filter((file) => existsSync(path.join(root, file)))].sort()
}

/** `docs/decisions` and its like, which a link may name. */
function foldersOf(files: readonly string[]): Set<string> {
  return new Set(files.map((file) => path.posix.dirname(file)).filter((folder) => folder.startsWith('docs/')))
}

function listOf(folder: string, texts: ReadonlyMap<string, string>): string {
  const lines = [...texts]
    .filter(([file]) => path.posix.dirname(file) === folder)
    .map(
      ([file, text]) => `- [${titleOf(text)}](${path.posix.basename(folder)}/${path.posix.basename(file)})`,
    )
  const name = path.posix.basename(folder)
  return [`# ${name.charAt(0).toUpperCase()}${name.slice(1)}`, '', ...lines].join('\n')
}

export function registerGuides(app: FastifyInstance, root = ROOT): void {
  const files = guideFiles(root)
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))
  for (const folder of foldersOf(files)) texts.set(folder, listOf(folder, texts))
  const served = new Set(texts.keys())
  const pages = new Map(
    [...texts].map(([file, text]) => [pageName(file), pageOf(renderPage(text, file, served))]),
  )
  app.get('/docs/guides', (_request, reply) => reply.redirect('/docs/guides/'))
  app.get<{ Params: { '*': string } }>('/docs/guides/*', (request, reply) => {
    const page = pages.get(request.params['*'])
    if (page === undefined) throw new AppError('not_found', { detail: 'There is no such page' })
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
