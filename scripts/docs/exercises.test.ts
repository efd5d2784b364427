/** Each target of the Makefile is typed by something, in every mode that it knows. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../env-file.ts'
import { exercisersIn } from './exercises.ts'
import type { ExerciseMode } from './exercises.ts'
import { dockerTargets, makeTargets } from './make-targets.ts'

const MAKEFILE = readFileSync(path.join(ROOT, 'Makefile'), 'utf8')
const exercisers = exercisersIn(ROOT, MAKEFILE)
const moded = dockerTargets(MAKEFILE)

/** Production is started by prod-up, not by dev. */
const modesOf = (target: string): ExerciseMode[] =>
  target === 'dev' ? ['plain', 'docker'] : moded.has(target) ? ['plain', 'docker', 'prod'] : ['plain']
const all = [...makeTargets(MAKEFILE)].flatMap((target) =>
  modesOf(target).map((mode) => [target, mode] as const),
)

describe('make', () => {
  it('has targets, and modes', () => {
    expect(all.length).toBeGreaterThan(100)
    for (const mode of ['docker', 'prod'])
      expect(all.filter(([, each]) => each === mode).length).toBeGreaterThan(20)
  })

  it.each(all)('%s is exercised, %s', (target, mode) => {
    expect(exercisers(target, mode)).not.toEqual([])
  })

  it('knows none that nobody types', () => {
    for (const mode of ['plain', 'docker', 'prod'] as const)
      expect(exercisers('no-such-target', mode)).toEqual([])
    // Production's alone, by a workflow; never seeded or documented as run.
    expect(exercisers('prod-up', 'plain')).toEqual(['.github/workflows/containers.yml'])
    expect(exercisers('bench', 'docker')).toEqual([])
  })
})
