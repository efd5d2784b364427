/** Writes src/route-tree.gen.ts, as the dev server and the build do, for a type check that runs without either. */
import path from 'node:path'
import { Generator, getConfig } from '@tanstack/router-generator'

const root = path.resolve(import.meta.dirname, '..')
await new Generator({ config: getConfig({}, root), root }).run()
