// What the Makefile has, read out of its text.

export function makeTargets(makefile: string): Set<string> {
  return new Set([...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, name = '']) => name))
}

/** Those that know MODE=docker. */
export function dockerTargets(makefile: string): Set<string> {
  const text = /^MODED := ((?:.*\\\n)*.*)$/m.exec(makefile)?.[1] ?? ''
  return new Set(['dev', ...[...text.matchAll(/[a-z][a-z-]*/g)].map(([name]) => name)])
}

/** The programs of a target's recipe, by their place in this checkout. */
export function scriptsOf(makefile: string, target: string): string[] {
  const recipe = new RegExp(`^${target}:.*\n((?:\t.*\n?)+)`, 'm').exec(makefile)?.[1] ?? ''
  return [...recipe.matchAll(/(?:scripts|bench|backend|deploy)\/[\w./-]+/g)].map(([file]) => file)
}
