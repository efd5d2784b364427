/**
 * The tags of an OFX file, SGML or XML, as they come. It trusts nothing to be closed or nested; what stands between
 * two tags is the value of the first. Declarations are skipped and entities that a file declares itself are refused,
 * so that nothing is ever expanded.
 */
import { MAX_LINE_CHARS, StatementRefused } from './statement.ts'

export interface OfxHandler {
  open(name: string, line: number): void
  close(name: string, line: number): void
  /** A piece of the text since the last tag, entities already decoded once. */
  text(value: string): void
}

const TAG_START = /[A-Za-z/?]/
const MAX_TAG_CHARS = 300
const TAG = /^<(\/?)([A-Za-z][\w.:-]*)(?:\s[^>]*)?(\/?)>$/
const PLAIN_NAME = /^[A-Z][A-Z0-9.]*$/

const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', aacute: 'á', eacute: 'é', iacute: 'í', oacute: 'ó',
  uacute: 'ú', atilde: 'ã', otilde: 'õ', ntilde: 'ñ', ccedil: 'ç', acirc: 'â', ecirc: 'ê', ocirc: 'ô', agrave: 'à',
  egrave: 'è', uuml: 'ü', ouml: 'ö', auml: 'ä', szlig: 'ß', Aacute: 'Á', Eacute: 'É', Iacute: 'Í', Oacute: 'Ó',
  Uacute: 'Ú', Atilde: 'Ã', Otilde: 'Õ', Ntilde: 'Ñ', Ccedil: 'Ç', Acirc: 'Â', Ecirc: 'Ê', Ocirc: 'Ô', Agrave: 'À',
  Uuml: 'Ü', Ouml: 'Ö', Auml: 'Ä', euro: '€', pound: '£', ordm: 'º', ordf: 'ª', deg: '°',
} // prettier-ignore

/** Character references and the usual names, once: `&amp;lt;` is the text `&lt;`. Unknown names stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi,
    (whole, dec?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole
      const point = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec)
      return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
        ? String.fromCodePoint(point)
        : whole
    },
  )
}

/** Feed it the decoded file piece by piece, then call `end`. */
export class OfxTokens {
  private rest = ''
  private line = 1
  private readonly handler: OfxHandler

  constructor(handler: OfxHandler) {
    this.handler = handler
  }

  feed(piece: string): void {
    const text = this.rest + piece
    let at = 0
    for (;;) {
      const tag = text.indexOf('<', at)
      if (tag < 0) break
      const end = this.endOfTag(text, tag)
      if (end === 'more') {
        this.plain(text.slice(at, tag))
        at = tag
        break
      }
      if (end === 'literal') {
        this.plain(text.slice(at, tag + 1))
        at = tag + 1
        continue
      }
      if (tag > at) this.plain(text.slice(at, tag))
      this.tag(text.slice(tag, end))
      at = end
    }
    const tail = text.slice(at)
    if (tail.startsWith('<')) this.rest = tail
    else {
      // A reference such as &amp; must not be torn apart between two pieces.
      const amp = tail.lastIndexOf('&')
      const keep = amp >= 0 && tail.length - amp < 12 ? amp : tail.length
      this.plain(tail.slice(0, keep))
      this.rest = tail.slice(keep)
    }
    if (this.rest.length > MAX_LINE_CHARS) {
      throw new StatementRefused(
        'line_too_long',
        `Line ${this.line} is longer than a statement's line can be.`,
        {
          line: this.line,
        },
      )
    }
  }

  /** True when the file ended inside a tag. */
  end(): boolean {
    const cut = this.rest.startsWith('<') && /^<[/A-Za-z!?]/.test(this.rest)
    if (this.rest !== '' && !cut) this.plain(this.rest)
    this.rest = ''
    return cut
  }

  private plain(text: string): void {
    if (text === '') return
    this.count(text)
    this.handler.text(decodeEntities(text))
  }

  private count(text: string): void {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line += 1
  }

  /** The index after the tag that begins at `start`; `literal` where that `<` is only text. */
  private endOfTag(text: string, start: number): number | 'more' | 'literal' {
    const next = text[start + 1]
    if (next === undefined) return 'more'
    if (next === '!') return this.endOfDeclaration(text, start)
    if (!TAG_START.test(next)) return 'literal'
    const end = text.indexOf('>', start)
    const other = text.indexOf('<', start + 1)
    if (other >= 0 && (end < 0 || other < end)) return 'literal'
    if (end < 0) return text.length - start > MAX_TAG_CHARS ? 'literal' : 'more'
    return end + 1
  }

  private endOfDeclaration(text: string, start: number): number | 'more' {
    const [open, close] = text.startsWith('<!--', start)
      ? ['<!--', '-->']
      : text.startsWith('<![CDATA[', start)
        ? ['<![CDATA[', ']]>']
        : ['<!', '>']
    // Too short yet to tell a comment from CDATA.
    if (open === '<!' && text.length - start < 9) return 'more'
    const end = text.indexOf(close, start + open.length)
    if (open === '<!') {
      const declaration = text.slice(start, end < 0 ? undefined : end)
      if (/<!ENTITY|\[/i.test(declaration)) {
        throw new StatementRefused(
          'ofx_entities',
          `Line ${this.line} declares entities, which a bank never does.`,
          {
            line: this.line,
          },
        )
      }
    }
    return end < 0 ? 'more' : end + close.length
  }

  private tag(token: string): void {
    const closing = token[1] === '/'
    const plain = token.slice(closing ? 2 : 1, -1)
    if (PLAIN_NAME.test(plain)) {
      if (closing) this.handler.close(plain, this.line)
      else this.handler.open(plain, this.line)
    } else this.oddTag(token)
  }

  private oddTag(token: string): void {
    if (token.startsWith('<![CDATA[')) this.handler.text(token.slice(9, -3))
    else {
      const match = TAG.exec(token)
      const name = match?.[2]
      if (match && name !== undefined) {
        const bare = name.slice(name.indexOf(':') + 1).toUpperCase()
        if (match[1] === '/') this.handler.close(bare, this.line)
        else {
          this.handler.open(bare, this.line)
          if (match[3] === '/') this.handler.close(bare, this.line)
        }
      } else if (!token.startsWith('<!') && !token.startsWith('<?')) this.handler.text(token)
    }
    this.count(token)
  }
}
