// docs/configuration.md, printed from .env.example (what a variable is, its default) and config.ts (what it may be), with
// the places that read it. `make docs-configuration` writes it; a test holds the file to this.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { CONFIG_TYPES } from '../../backend/src/config.ts'
import { SECRET_VARIABLES } from '../../backend/src/secrets.ts'
import { ROOT } from '../env-file.ts'

export const CONFIGURATION = path.join(ROOT, 'docs', 'configuration.md')

interface Variable {
  name: string
  value: string
  about: string
}
interface Section {
  title: string
  intro: string
  variables: Variable[]
}

const TITLE = /^# --- (.+?) -+$/
const VARIABLE = /^([A-Z][A-Z0-9_]*)=(.*)$/

/** The example's own structure: sections, what stands above their variables, and the comment above each. */
export function sectionsOf(example: string): Section[] {
  const sections: Section[] = []
  let comment: string[] = []
  let last = ''
  for (const line of example.split('\n')) {
    const title = TITLE.exec(line)
    const variable = VARIABLE.exec(line)
    const section = sections.at(-1)
    if (title) {
      sections.push({ title: title[1] ?? '', intro: '', variables: [] })
      comment = []
      last = ''
    } else if (line.startsWith('# ')) comment.push(line.slice(2))
    else if (variable && section) {
      // One comment may stand above several.
      if (comment.length > 0) last = comment.join(' ')
      section.variables.push({ name: variable[1] ?? '', value: variable[2] ?? '', about: last })
      comment = []
    } else if (line === '' && section && section.variables.length === 0 && comment.length > 0) {
      section.intro = comment.join(' ')
      comment = []
    } else comment = []
  }
  return sections
}

const READERS = [
  ['API and worker', ['backend/src/**/*.ts', 'backend/prisma/*.ts']],
  ['make targets', ['scripts/**/*.ts', 'Makefile', 'e2e/**/*.ts', 'bench/**/*.ts']],
  ['web', ['frontend/*.ts']],
  ['containers', ['docker-compose*.yml', 'deploy/**/*']],
] as const

/** Which parts name a variable, asked of their files once. */
export function readersOf(root: string): (name: string) => string[] {
  const texts = READERS.map(([reader, patterns]) => {
    const files = globSync([...patterns], { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !/\/(generated|node_modules|dist)\//.test(file))
    return [reader, files.map((file) => readFileSync(file, 'utf8')).join('\n')] as const
  })
  return (name) => {
    const named = new RegExp(String.raw`\b${name}\b`)
    return texts.filter(([, text]) => named.test(text)).map(([reader]) => reader)
  }
}

/** In words, from what config.ts takes; from the example where only make or a container reads it. */
function typeOf({ name, value }: Variable): string {
  const schema = CONFIG_TYPES[name]
  const {
    enum: values,
    minimum,
    maximum,
    type,
  } = (schema ?? {}) as {
    enum?: string[]
    minimum?: number
    maximum?: number
    type?: string
  }
  if (values) return values.map((each) => `\`${each}\``).join(', ')
  if (type === 'integer') {
    const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
    return bounded ? `integer, ${minimum} to ${maximum}` : 'integer'
  }
  if (/(_URL|_ENDPOINT|_DSN)$/.test(name)) return 'address'
  if (schema === undefined && /^\d+$/.test(value)) return 'integer'
  return 'text'
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)

export function configurationText(example: string, readers: (name: string) => string[]): string {
  const secrets = new Set<string>(SECRET_VARIABLES)
  const parts = sectionsOf(example).map(({ title, intro, variables }) => {
    const rows = variables.map((variable) => {
      const isSecret = variable.value.includes('change-me')
      const preset = isSecret ? 'made by `make dev`' : variable.value === '' ? '' : `\`${variable.value}\``
      const file = secrets.has(variable.name) ? `, or \`${variable.name}_FILE\`` : ''
      return `| \`${variable.name}\`${file} | ${typeOf(variable)} | ${cell(preset)} | ${cell(variable.about)} | ${readers(variable.name).join(', ')} |`
    })
    return [
      `## ${title}`,
      intro,
      [
        '| variable | type | default | what it is | read by |',
        '| --- | --- | --- | --- | --- |',
        ...rows,
      ].join('\n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n')
  })
  return `# Configuration

Every variable, printed from \`.env.example\` and \`backend/src/config.ts\` by \`make docs-configuration\`: change it there.

An empty value means: not set. The real environment wins over \`.env\`, and \`.env\` over the defaults here. \`make dev\` writes \`.env\` once, with a fresh secret in each place that needs one; production reads \`.env.production\`, for which the variables named in [deployment.md](deployment.md) are enough. \`make env-check\` looks at the first, \`make env-check FOR=production\` at the second. A variable with a \`_FILE\` form may stand in a file that this names, such as a mounted secret.

${parts.join('\n\n')}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const example = readFileSync(path.join(ROOT, '.env.example'), 'utf8')
  writeFileSync(CONFIGURATION, configurationText(example, readersOf(ROOT)))
  console.log('docs/configuration.md says what .env.example and config.ts say.')
}
