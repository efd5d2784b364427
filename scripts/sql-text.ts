// Pieces of SQL as text: bodies, parentheses, lists. Enough for what migrations here look like, not all of SQL.

/** Up to the parenthesis that closes the one at `open`, without the two. */
export function inParentheses(text: string, open: number): string {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "'") at = endOfLiteral(text, at)
    else if (text[at] === '(') depth += 1
    else if (text[at] === ')' && (depth -= 1) === 0) return text.slice(open + 1, at)
  }
  return text.slice(open + 1)
}

/** The items of a list, whose own lists and literals are not cut. */
export function listItems(text: string): string[] {
  const items = ['']
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const from = at
    if (text[at] === "'") at = endOfLiteral(text, at)
    else if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (text[from] === ',' && depth === 0) items.push('')
    else items[items.length - 1] += text.slice(from, at + 1)
  }
  return items.map((item) => item.trim()).filter(Boolean)
}

function endOfLiteral(text: string, start: number): number {
  const end = text.indexOf("'", start + 1)
  return end === -1 ? text.length : end
}

/** What stands between dollar quotes, blanked: a function's body is not what a migration does to the schema. */
export const withoutBodies = (sql: string): string => sql.replaceAll(/(\$\w*\$)[\s\S]*?\1/g, '$$$$')

export const literalsOf = (text: string): string[] => text.match(/'(?:''|[^'])*'/g) ?? []

/** Without literals and their commas, in one case and one kind of space. */
export const skeletonOf = (text: string): string =>
  text
    .replaceAll(/'(?:''|[^'])*'\s*,?/g, '')
    .replaceAll(/\s+/g, '')
    .toLowerCase()

/** Names in quotes that say the same without: `"app"."tags"`. Those that would be read as another word stay. */
export const unquoted = (sql: string): string =>
  sql.replaceAll(
    /"(?!(?:check|column|constraint|exclude|foreign|if|only|primary|unique)")([a-z_][a-z0-9_]*)"/g,
    '$1',
  )

/** Begins a statement of `statementsIn` that executes what its text does not show. */
export const UNREADABLE = /^\s*execute\s/i

/** What a `do` block does, statement by statement, also what it executes as a literal; every other statement is itself. */
export function statementsIn(sql: string): string[] {
  const body = /^\s*do\s+(?:language\s+\w+\s+)?(\$\w*\$)([\s\S]*?)\1/i.exec(sql)?.[2]
  if (body === undefined) return [sql]
  const blank = body.replaceAll(
    /'(?:''|[^'])*'|(\$\w*\$)[\s\S]*?\1/g,
    (text) => `'${' '.repeat(text.length - 2)}'`,
  )
  let at = 0
  return blank.split(';').map((piece) => {
    const start = at + (/^[\s\S]*\b(?:begin|then|else|loop)\b/i.exec(piece)?.[0].length ?? 0)
    const end = at + piece.length
    at = end + 1
    const said = blank.slice(start, end)
    return UNREADABLE.test(said) ? (executed(body.slice(start, end)) ?? said) : said
  })
}

/** The text that EXECUTE is given, where it stands there whole; values in it are blank. */
function executed(statement: string): string | undefined {
  const given = statement.replace(UNREADABLE, '').trim()
  const format = /^format\s*(?=\()/i.exec(given)?.[0].length
  const taken = format === undefined ? given : inParentheses(given, format)
  const rest = format === undefined ? '' : given.slice(format + taken.length + 2)
  const [whole, literal, , dollars] = /^(?:'((?:''|[^'])*)'|(\$\w*\$)([\s\S]*?)\2)\s*/.exec(taken) ?? []
  if (whole === undefined) return undefined
  const text = literal?.replaceAll("''", "'") ?? dollars ?? ''
  const isWhole = (after: string): boolean => /^\s*(?:$|(?:into|using)\b)/i.test(after)
  if (format === undefined) return isWhole(taken.slice(whole.length)) ? text : undefined
  const isReadable =
    isWhole(rest) &&
    /^(?:,|$)/.test(taken.slice(whole.length)) &&
    !/%(?![L%])/.test(text.replaceAll('%%', ''))
  return isReadable ? text.replaceAll('%L', "''").replaceAll('%%', '%') : undefined
}
