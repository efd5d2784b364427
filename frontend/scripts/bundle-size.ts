/**
 * Prints what the first load of the sign-in page and of the dashboard costs, in compressed kilobytes (1000 bytes):
 * the entry, one language, the page's own parts, and all they import. Reads the manifest of `vite build`.
 * Usage: node scripts/bundle-size.ts [--json]
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
  css?: string[]
}

const dist = path.resolve(import.meta.dirname, '../dist')
const manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>

/** The part of a route file that the router loads when the page is shown. */
function component(route: string): string {
  return `src/routes/${route}.tsx?tsr-split=component`
}

const LANGUAGE = 'src/locales/pt-BR/index.ts'
const PAGES: Record<string, string[]> = {
  '/sign-in': [LANGUAGE, component('sign-in')],
  '/sign-up': [LANGUAGE, component('sign-up')],
  '/': [LANGUAGE, component('_app'), component('_app/index')],
}

/** The files of some chunks and of everything they import at once. */
function filesOf(roots: readonly string[]): { js: Set<string>; css: Set<string> } {
  const seen = new Set<string>()
  const files = { js: new Set<string>(), css: new Set<string>() }
  const visit = (key: string): void => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    if (!chunk) throw new Error(`The manifest knows no ${key}: build first`)
    if (chunk.file.endsWith('.js')) files.js.add(chunk.file)
    for (const css of chunk.css ?? []) files.css.add(css)
    for (const imported of chunk.imports ?? []) visit(imported)
  }
  for (const root of roots) visit(root)
  return files
}

interface Sizes {
  gzip: number
  brotli: number
}

function sizesOf(files: Iterable<string>): Sizes {
  const sizes = { gzip: 0, brotli: 0 }
  for (const file of files) {
    const bytes = readFileSync(path.join(dist, file))
    sizes.gzip += gzipSync(bytes, { level: 9 }).length
    sizes.brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
    }).length
  }
  return sizes
}

const entry = Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true)
const report = Object.entries(PAGES).map(([page, roots]) => {
  const { js, css } = filesOf([...entry, ...roots])
  return { page, files: js.size, js: sizesOf(js), css: sizesOf(css) }
})

if (process.argv.includes('--json')) console.log(JSON.stringify(report))
else {
  const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
  for (const { page, files, js, css } of report)
    console.log(
      `${page.padEnd(10)} JavaScript ${kb(js.gzip)} gzip, ${kb(js.brotli)} brotli in ${files} files; CSS ${kb(css.gzip)} gzip`,
    )
}
