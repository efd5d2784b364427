/** A name to begin with for what is made on this device: `iPhone`, `Chrome, Windows`. People change it as they like. */
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

/** @param userAgent as browsers send it; an unknown one gives an empty name */
export function deviceName(userAgent: string): string {
  const find = (table: [RegExp, string][]): string | undefined =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1]
  const system = find(SYSTEMS)
  if (system === 'iPhone' || system === 'iPad') return system
  return [find(BROWSERS), system].filter((part) => part !== undefined).join(', ')
}
