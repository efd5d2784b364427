import type { ReactNode } from 'react'

/** WhatsApp's own marks: *bold*, _italic_, ~struck~; only around words, as WhatsApp reads them. */
const MARKED = /(?<![\p{L}\p{N}])([*_~])(\S(?:[^\n]*?\S)?)\1(?![\p{L}\p{N}])/u

const TAGS = { '*': 'strong', _: 'em', '~': 's' } as const

/** A message's text, its marks drawn as WhatsApp draws them. */
export function MessageText({ text }: { text: string }): ReactNode {
  const found = MARKED.exec(text)
  const [whole = '', mark, inner = ''] = found ?? []
  if (!found || (mark !== '*' && mark !== '_' && mark !== '~')) return text
  const Tag = TAGS[mark]
  return (
    <>
      {text.slice(0, found.index)}
      <Tag>
        <MessageText text={inner} />
      </Tag>
      <MessageText text={text.slice(found.index + whole.length)} />
    </>
  )
}
