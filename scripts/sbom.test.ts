/** `make sbom`: CycloneDX, with what is shipped and what it stands on, and without the tools of development. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'

interface Sbom {
  bomFormat: string
  specVersion: string
  serialNumber: string
  metadata: { component: { 'bom-ref': string } }
  components: { name: string; version: string; purl: string; 'bom-ref': string }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

const manifest = (
  folder: string,
): { dependencies: Record<string, string>; devDependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as never

let sbom: Sbom
beforeAll(() => {
  const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', 'sbom'], {
    ...{ cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 },
  })
  expect([status, stderr]).toEqual([0, ''])
  sbom = JSON.parse(stdout) as Sbom
})

describe('make sbom', () => {
  it('is CycloneDX of this product', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.[5-9]$/) })
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
    expect(sbom.metadata.component['bom-ref']).toMatch(/^chronos-financial@\d+\.\d+\.\d+/)
  })

  it.each(['backend', 'frontend'])('names each package that %s is shipped with', (folder) => {
    const names = new Set(sbom.components.map(({ name }) => name))
    const wanted = Object.keys(manifest(folder).dependencies)
    expect(wanted.length).toBeGreaterThan(5)
    expect(wanted.filter((name) => !names.has(name))).toEqual([])
  })

  it('names no tool of development', () => {
    const names = new Set(sbom.components.map(({ name }) => name))
    expect([...names].filter((name) => /^@(testing-library|chronos\/(e2e|bench))/.test(name))).toEqual([])
    expect(
      ['vitest', 'oxlint', 'prettier', '@playwright/test', 'prisma', 'typescript'].filter((name) =>
        names.has(name),
      ),
    ).toEqual([])
  })

  it('says of each where it is from, and refers to nothing that it has not', () => {
    for (const { name, purl } of sbom.components)
      expect([name, purl]).toEqual([name, expect.stringMatching(/^pkg:npm\//)])
    const refs = new Set([
      sbom.metadata.component['bom-ref'],
      ...sbom.components.map((each) => each['bom-ref']),
    ])
    const missing = sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))
    expect(missing).toEqual([])
  })
})
