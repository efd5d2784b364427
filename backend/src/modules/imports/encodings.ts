/**
 * Which single-byte encoding a text is in, judged by the bytes above 127 that it uses. Each language needs few
 * accented letters, so a Czech text covers the Czech profile and no western one. Ties go to windows-1252.
 */

interface Profile {
  encoding: string
  letters: Set<number>
}

/** Signs every bank prints and both Windows pages share, or that mean nothing for the language. */
const NEUTRAL = new Set([
  0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0xa0, 0xa7, 0xab, 0xb0, 0xb7, 0xbb,
])

/** Letters of the languages in use, by what TextDecoder calls the encoding. */
const LETTERS: readonly [string, readonly string[]][] = [
  [
    'windows-1252',
    [
      'áàâãçéêíóôõúüÁÀÂÃÇÉÊÍÓÔÕÚÜªº',
      'áéíóúüñÁÉÍÓÚÜÑ¿¡ªº',
      'àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ',
      'äöüßÄÖÜéèà',
      'àèéìòùÀÈÉÌÒÙ',
      'åäöæøéÅÄÖÆØÉ',
      'éëïöüèáó',
      '£¢¥€',
      'áðéíóúýþæöÁÐÉÍÓÚÝÞÆÖ',
    ],
  ],
  [
    'windows-1250',
    [
      'áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ',
      'áäčďéíĺľňóôŕšťúýžÁÄČĎÉÍĽŇÓÔŠŤÚÝŽ',
      'ąćęłńóśźżĄĆĘŁŃÓŚŹŻ',
      'áéíóöőúüűÁÉÍÓÖŐÚÜŰ',
      'čćđšžČĆĐŠŽ',
      'ăâîşţĂÂÎŞŢ',
    ],
  ],
  [
    'iso-8859-2',
    ['áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ', 'ąćęłńóśźżĄĆĘŁŃÓŚŹŻ', 'áéíóöőúüűÁÉÍÓÖŐÚÜŰ', 'áäčďéíĺľňóôŕšťúýžÁČŠŽĽ'],
  ],
  ['windows-1254', ['çğıöşüÇĞİÖŞÜ']],
  ['windows-1257', ['ąčęėįšųūžĄČĘĖĮŠŲŪŽ', 'āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ', 'äõöüšžÄÕÖÜŠŽ']],
  ['windows-1251', ['абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁ№']],
  ['macintosh', ['áàâãçéêíóôõúüÁÀÂÃÇÉÊÍÓÔÕÚ', 'áéíóúüñÁÉÍÓÚÜÑ¿¡', 'àâçéèêëîïôùûüÀÉÈÊ', 'äöüßÄÖÜ']],
]

/** Words of column names in which an encoding shows itself; the second voice where the letters alone leave a tie. */
const CENTRAL = 'číslo účtu účet částka měna zpráva název poznámka příjem tytuł szczegóły összeg'.split(' ')
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'windows-1250': CENTRAL,
  'iso-8859-2': CENTRAL,
  'windows-1252': 'histórico descrição descripción lançamento währung libellé crédito débito'.split(' '),
}

let profiles: Profile[] | null = null

/** Every byte's letter in an encoding is asked of TextDecoder itself, so that no code table is typed by hand. */
function allProfiles(): Profile[] {
  profiles ??= LETTERS.flatMap(([encoding, languages]) => {
    const table = new Map<string, number>()
    const decoder = new TextDecoder(encoding)
    for (let byte = 0x80; byte < 0x100; byte += 1) table.set(decoder.decode(Uint8Array.of(byte)), byte)
    return languages.map((letters) => ({
      encoding,
      letters: new Set([...letters].flatMap((letter) => table.get(letter) ?? [])),
    }))
  })
  return profiles
}

/**
 * The most likely single-byte encoding.
 * @param counts how often each byte occurs (256 numbers)
 * @param head the beginning of the file
 * @param declared the encoding the file itself names, which wins a near tie
 */
export function guessSingleByte(
  counts: Readonly<Uint32Array>,
  head: Uint8Array,
  declared: string | null,
): string {
  let total = 0
  for (let byte = 0x80; byte < 0x100; byte += 1) if (!NEUTRAL.has(byte)) total += counts[byte] ?? 0
  if (total === 0) return declared ?? 'windows-1252'
  const best = new Map<string, number>()
  for (const { encoding, letters } of allProfiles()) {
    let covered = 0
    for (const byte of letters) if (!NEUTRAL.has(byte)) covered += counts[byte] ?? 0
    best.set(encoding, Math.max(best.get(encoding) ?? 0, covered / total))
  }
  let winner = 'windows-1252'
  let top = -1
  for (const [encoding, coverage] of best) {
    const score = coverage + wordBonus(encoding, head) + (encoding === declared ? 0.15 : 0) + prior(encoding)
    if (score > top) [winner, top] = [encoding, score]
  }
  return winner
}

function prior(encoding: string): number {
  if (encoding === 'windows-1252') return 0.05
  return encoding === 'windows-1250' ? 0.02 : 0
}

function wordBonus(encoding: string, head: Uint8Array): number {
  const words = WORDS[encoding]
  if (!words) return 0
  const text = new TextDecoder(encoding).decode(head).toLowerCase()
  return Math.min(0.3, words.filter((word) => text.includes(word)).length * 0.1)
}

/** TextDecoder's name of an encoding as statements write it (`1252`, `ISO-8859-1`, `UTF-8`), or null. */
export function knownEncoding(label: string): string | null {
  const text = label.trim().toLowerCase().replace(/_/g, '-')
  if (text === '' || text === 'none' || text === 'usascii' || text === 'us-ascii') return null
  const page = /^(?:cp-?|win-?|windows-?)?(125\d)$/.exec(text)
  const name = page ? `windows-${page[1]}` : text.replace(/^(?:iso-?)?8859-?(\d+)$/, 'iso-8859-$1')
  try {
    return new TextDecoder(name).encoding
  } catch {
    return null
  }
}
