/**
 * The documents of the repository as pages. Text alone becomes markup: HTML inside a document is shown as it was
 * written, a link goes to another page of ours, to a place on this one, or by https to another site, and to nothing else.
 */
import path from 'node:path'
import { Marked, type Tokens } from 'marked'

export interface Page {
  title: string
  html: string
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)?.toString() ?? ''};`)

/** As GitHub makes it from a heading, so that a link to a place works on both. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

/**
 * Where a link of a page leads: `/docs/guides/…` for a page that is served, undefined where it leads out of them.
 * @param file of the page, from the root of the repository
 */
export function addressOf(href: string, file: string, served: ReadonlySet<string>): string | undefined {
  if (href.startsWith('https://') || /^#[\w\p{L}-]*$/u.test(href)) return href
  const [target = '', place] = href.split('#')
  const whole = path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
  if (!served.has(whole)) return undefined
  return `/docs/guides/${pageName(whole)}${place === undefined ? '' : `#${place}`}`
}

/** `docs/flows/x.md` as `flows/x`, the index as nothing. */
export function pageName(file: string): string {
  return file
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replace(/^README$/, '')
}

export function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? 'CHRONOS'
}

export function renderPage(text: string, file: string, served: ReadonlySet<string>): Page {
  const marked = new Marked({ gfm: true })
  marked.use({
    renderer: {
      html: ({ text: raw }: Tokens.HTML | Tokens.Tag) => (raw.startsWith('<!--') ? '' : escape(raw)),
      heading({ tokens, depth, text: raw }: Tokens.Heading) {
        const words = this.parser.parseInline(tokens)
        return `<h${depth} id="${escape(anchorOf(raw))}">${words}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens)
        const address = addressOf(href, file, served)
        return address === undefined ? words : `<a href="${escape(address)}">${words}</a>`
      },
      image: ({ text: alt }: Tokens.Image) => escape(alt),
      code: ({ text: code, lang }: Tokens.Code) =>
        `<pre${lang === 'mermaid' ? ' class="picture"' : ''}><code>${escape(code)}</code></pre>\n`,
    },
  })
  return { title: titleOf(text), html: marked.parse(text, { async: false }) }
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}
body{max-width:76ch;margin:0 auto;padding:1.5rem 1rem 4rem}
nav{display:flex;gap:1.25rem;margin-bottom:2rem}
a{color:light-dark(#6b2a7d,#d9a8e8)}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h2{margin-top:2.2em}
pre{overflow-x:auto;padding:.9rem 1rem;border-radius:10px;background:light-dark(#f4f1f5,#231a28)}
code{font:.88em/1.5 ui-monospace,monospace}
:not(pre)>code{overflow-wrap:anywhere}
table{display:block;overflow-x:auto;border-collapse:collapse}
td,th{padding:.4rem .8rem;border-bottom:1px solid light-dark(#ddd6e0,#43364a);text-align:left;vertical-align:top}`

/** A whole page; nothing on it runs. */
export function pageOf({ title, html }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · CHRONOS</title><style>${STYLE}</style></head>
<body><nav aria-label="Documentation"><a href="/docs/guides/">Guides</a><a href="/docs/">API reference</a></nav>
<main>${html}</main></body></html>`
}
