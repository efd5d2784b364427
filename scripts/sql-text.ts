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

/** What a `do` block does, statement by statement, also what it executes as a literal; every other statement is itself. */
export function statementsIn(sql: string): string[] {
  const body = /^\s*do\s+(?:language\s+\w+\s+)?(\$\w*\$)([\s\S]*?)\1/i.exec(sql)?.[2]
  if (body === undefined) return [sql]
  const executed = [...body.matchAll(/\bexecute\s+'((?:''|[^'])*)'/gi)].map(([, text = '']) =>
    text.replaceAll("''", "'"),
  )
  const said = body
    .replaceAll(/'(?:''|[^'])*'/g, "''")
    .split(';')
    .map((each) => each.replace(/^[\s\S]*\b(?:begin|then|else|loop)\b/i, ''))
  return [...said, ...executed]
}
