// What SQL must not do, so that the product runs unchanged on Citus and keeps tenants apart. A text check:
// it knows the ways people write SQL here, not all of SQL.

export interface SqlStatement {
  /** As written, comments included. */
  source: string
  /** The same length, comments blanked. */
  text: string
  /** In a migration, or in the program. */
  place: 'migration' | 'program'
}

export interface SqlRule {
  name: string
  message: string
  /** Where in the statement the trouble starts; undefined when there is none. */
  find(statement: SqlStatement): number | undefined
}

const VOLATILE =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|random|gen_random_uuid|nextval|timeofday)\s*\(|\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i
const TABLE = String.raw`(?:only\s+)?[\w."$\{\}]+(?:\s+(?:as\s+)?(?!set\b)\w+)?`
const UPDATE = new RegExp(String.raw`\bupdate\s+${TABLE}\s+set\b|\bdo\s+update\s+set\b`, 'gi')
const INSERT_SELECT =
  /\binsert\s+into\s+([\w."${}]+)(?:\s+as\s+\w+)?\s*(?:\([^()]*\))?\s*(?:overriding\s+\w+\s+value\s*)?\(?\s*(?:select|with)\b/gi
const LOCAL_SCHEMA = /^"?(?:control|pgboss)"?\./i
const SESSION_SET =
  /(^|;)\s*set\s+(?!local\b|transaction\b|constraints\b)(?:session\s+)?[\w.]+\s*(?:=|to\b)/gi

const matchAt = (text: string, pattern: RegExp): number | undefined => pattern.exec(text)?.index

/** Where the part of a body or statement that starts at `index` ends. */
function restOfStatement(text: string, index: number): string {
  const end = text.indexOf(';', index)
  return text.slice(index, end === -1 ? undefined : end)
}

/** Bodies of functions, strings and comments blanked: what is left is the statement's own level. */
export function topLevel(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ')
  return text.replace(/(\$\w*\$)[\s\S]*?\1|'(?:''|[^'])*'/g, blank)
}

const simple = (name: string, pattern: RegExp, message: string): SqlRule => ({
  name,
  message,
  find: ({ text }) => matchAt(text, pattern),
})

export const SQL_RULES: SqlRule[] = [
  simple('no-merge', /\bmerge\s+into\b/i, 'Citus refuses MERGE; use INSERT … ON CONFLICT'),
  simple(
    'no-set-null',
    /\bon\s+(?:delete|update)\s+set\s+(?:null|default)\b/i,
    'Citus refuses SET NULL and SET DEFAULT in foreign keys: tenant_id is part of them; use NO ACTION or CASCADE',
  ),
  simple('no-set-config', /\bset_config\s*\(/i, 'set_config() does not reach Citus workers; use SET LOCAL'),
  {
    name: 'no-session-set',
    message: 'a session SET outlives the transaction and changes meaning for others; use SET LOCAL',
    find: ({ text }) => matchAt(text, new RegExp(SESSION_SET.source, 'i')),
  },
  simple(
    'no-deferrable',
    /(?<!\bnot\s+)\bdeferrable\b|\binitially\s+deferred\b|\bcreate\s+constraint\s+trigger\b/i,
    'deferred checks can be blinded by Row Level Security, and Citus refuses them',
  ),
  {
    name: 'no-volatile-update',
    message: 'Citus refuses volatile functions in UPDATE and DO UPDATE; pass the value from the application',
    find({ text }) {
      for (const match of text.matchAll(UPDATE)) {
        const offset = matchAt(restOfStatement(text, match.index), VOLATILE)
        if (offset !== undefined) return match.index + offset
      }
      return undefined
    },
  },
  {
    name: 'insert-select-returning',
    message: 'INSERT … SELECT needs RETURNING or ON CONFLICT, or Citus sends it around the policies',
    find({ text }) {
      for (const match of text.matchAll(INSERT_SELECT)) {
        if (LOCAL_SCHEMA.test(match[1] ?? '')) continue
        if (!/\b(?:returning|on\s+conflict)\b/i.test(restOfStatement(text, match.index))) return match.index
      }
      return undefined
    },
  },
  {
    name: 'no-comment-in-set',
    message: 'a -- comment inside SET swallows the rest when Citus passes the statement on',
    find({ source, text }) {
      if (!/^\s*set\b/i.test(text)) return undefined
      const start = text.search(/\S/)
      const comment = source.indexOf('--', start)
      return comment === -1 ? undefined : comment
    },
  },
  {
    name: 'one-statement',
    message: 'one statement per message: Citus refuses several in one, and so does a pipelined client',
    find({ text, place }) {
      if (
        place === 'program' &&
        !/^\s*(?:select|insert|update|delete|with|begin|set|create|alter|grant)\b/i.test(text)
      ) {
        return undefined
      }
      return matchAt(topLevel(text), /;\s*[^\s;]/)
    },
  },
  {
    name: 'one-alter-action',
    message: 'one ALTER action per statement where a constraint is involved: Citus refuses more',
    find({ text }) {
      const level = topLevel(text)
      if (!/^\s*alter\s+table\b/i.test(level)) return undefined
      if (!/\b(?:constraint|foreign\s+key|unique|primary\s+key|check)\b/i.test(level)) return undefined
      return matchAt(level, /,\s*(?:add|drop|alter|validate|rename)\b/i)
    },
  },
  simple(
    'no-named-columns-of-with',
    /(?:\bwith(?:\s+recursive)?|\))\s*,?\s*\w+\s*\(\s*\w+(?:\s*,\s*\w+)*\s*\)\s*as\s+(?:(?:not\s+)?materialized\s*)?\(/i,
    'Citus loses the names that a `with` gives to its columns: name them in its select',
  ),
  simple(
    'no-digits-at-end',
    /\bconstraint\s+\w+_\d+\b/i,
    'Citus appends _digits to constraint names, and errors are told apart by the name without them',
  ),
  {
    name: 'no-notify-in-database',
    message:
      'NOTIFY comes from the application: in a trigger it halves the commits, and Citus runs it on a worker',
    find: ({ text, place }) =>
      place === 'migration' ? matchAt(text, /\bpg_notify\s*\(|(?:^|;)\s*notify\s/i) : undefined,
  },
  simple(
    'no-materialized-view',
    /\bcreate\s+materialized\s+view\b/i,
    'a materialized view has no Row Level Security: it shows every tenant',
  ),
  {
    name: 'security-invoker',
    message: 'a view without security_invoker reads as its owner, past Row Level Security',
    find({ text }) {
      const at = matchAt(text, /\bcreate\s+(?:or\s+replace\s+)?view\b/i)
      return at !== undefined && !/security_invoker\s*(?:=\s*(?:true|on|1))?/i.test(text) ? at : undefined
    },
  },
  {
    name: 'definer-search-path',
    message: 'SECURITY DEFINER without its own search_path runs whatever stands first on the caller’s',
    find({ text }) {
      const at = matchAt(text, /\bsecurity\s+definer\b/i)
      return at !== undefined && !/\bset\s+search_path\b/i.test(text) ? at : undefined
    },
  },
  simple(
    'no-enum',
    /\bcreate\s+type\s+[\w."]+\s+as\s+enum\b/i,
    'comparing enums is not leakproof, so Row Level Security keeps them from their index; use text with CHECK',
  ),
  {
    name: 'tenant-named',
    message:
      'every statement on a table of schema app names its tenant_id; Row Level Security is the net, not the router',
    find({ text, place }) {
      if (place !== 'program' || !/^\s*(?:select|insert|update|delete|with)\b/i.test(text)) return undefined
      if (/\btenant_id\b/i.test(text) || text.includes('${')) return undefined
      return matchAt(text, /\b(?:from|join|into|update)\s+app\.\w+(?!\w*\s*\(.*\)\s*(?:as\b|$))/i)
    },
  },
  {
    name: 'tenant-in-join',
    message:
      'every table of schema app that is joined names its tenant_id (or `using (tenant_id, …)`): Citus joins within a shard only, and refuses outer joins without',
    find({ text, place }) {
      if (place !== 'program' || text.includes('${')) return undefined
      const tables = [...text.matchAll(/\b(?:from|join)\s+app\.\w+/gi)]
      if (tables.length < 2) return undefined
      const shared = text.match(/\busing\s*\([^)]*\btenant_id\b/gi)?.length ?? 0
      const named = (text.match(/\btenant_id\b/gi)?.length ?? 0) + shared
      return named < tables.length ? tables.at(-1)?.index : undefined
    },
  },
]
