// What the checks of the documents read out of them.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { anchorOf } from '../../backend/src/plugins/guide-text.ts'

/** Every document that a person wrote for people, from `root` with '/'. */
export function documents(root: string): string[] {
  return globSync(['*.md', 'docs/**/*.md', 'bench/*.md', 'deploy/**/*.md'], { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .sort()
}

export interface CodeBlock {
  /** What stands behind the fence: `bash run`, `bash run beside dev`, `bash by=test-deploy`; scripts/docs/shell-blocks.ts. */
  info: string
  lines: string[]
}

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map(([, , info = '', body = '']) => ({
    info: info.trim(),
    lines: body.split('\n').map((line) => line.trim()),
  }))
}

/** The text without its code blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^( *)```.*\n[\s\S]*?^\1```$/gm, '')
}

/** Places of a document that a link may name. */
export function anchors(text: string): Set<string> {
  return new Set([...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
}

/** Targets of links and pictures, those of other sites left out. */
export function relativeLinks(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, href = '']) => href)
    .filter((href) => !/^[a-z]+:/.test(href))
}

/** Lines of a shell block that are commands, without the comments behind them. */
export function commands({ lines }: CodeBlock): string[] {
  return lines.map((line) => line.replace(/(^|\s+)#.*$/, '').trim()).filter((line) => line !== '')
}

/** Who exercises a block that `make test-docs` does not type: targets of the Makefile, files of tests, workflows. */
export function exercisersOf({ info }: CodeBlock): string[] {
  return /^(?:bash|sql) by=(\S+)$/.exec(info)?.[1]?.split(',') ?? []
}

/** The blocks of a document that somebody is to type; the document is named from `root`. */
export function blocksFor(root: string, file: string, who: string): CodeBlock[] {
  const blocks = codeBlocks(readFileSync(path.join(root, file), 'utf8'))
  const found = blocks.filter((block) => exercisersOf(block).includes(who))
  if (found.length === 0) throw new Error(`${file} has no block by=${who} any more.`)
  return found
}

/** @returns what is wrong with the links of a document, a sentence each */
export function deadLinks(root: string, file: string, exists: (file: string) => boolean): string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  return relativeLinks(text).flatMap((href) => {
    const [target = '', place] = href.split('#')
    const whole =
      target === '' ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
    if (!exists(whole)) return [`${file}: there is no ${href}`]
    const isHere = place === undefined || anchors(readFileSync(path.join(root, whole), 'utf8')).has(place)
    return isHere ? [] : [`${file}: ${whole} has no place #${place}`]
  })
}
