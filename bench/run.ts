/**
 * `npm run bench`: prints each figure beside its limit. `node bench/run.ts [figure…] [--quick] [--profile <folder>]`.
 * Ends with 1 where a figure could not be measured; a figure over its limit is said, and is no error.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { SkippedError, type Figure } from './lab/figure.ts'
import { createLab } from './lab/lab.ts'
import { formatReport } from './lab/table.ts'
import { cache } from './cache.ts'
import { dev } from './dev.ts'
import { importFigure } from './import.ts'
import { list } from './list.ts'
import { summary } from './summary.ts'
import { web } from './web.ts'
import { webhook } from './webhook.ts'

const FIGURES: readonly Figure[] = [list, summary, cache, importFigure, webhook, web, dev]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
})
const unknown = positionals.filter((name) => !FIGURES.some((figure) => figure.name === name))
if (unknown.length > 0) {
  console.error(
    `No such figure: ${unknown.join(', ')}. There are: ${FIGURES.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const profileFolder = values.profile === undefined ? null : path.resolve(values.profile)
if (profileFolder !== null) mkdirSync(profileFolder, { recursive: true })

const lab = await createLab({ quick: values.quick, profileFolder })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void lab.close().finally(() => process.exit(130)))
}
try {
  for (const figure of FIGURES) {
    if (positionals.length > 0 && !positionals.includes(figure.name)) continue
    console.log(`\n${figure.name}: ${figure.title}\n`)
    try {
      console.log(formatReport(await figure.run(lab)))
    } catch (error) {
      const skipped = error instanceof SkippedError
      console.log(
        skipped
          ? `  Not measured: ${error.message}`
          : `  Failed: ${error instanceof Error ? error.stack : String(error)}`,
      )
      process.exitCode = 1
    }
  }
} finally {
  await lab.close()
}
