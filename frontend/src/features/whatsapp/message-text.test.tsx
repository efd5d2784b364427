import { render } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { MessageText } from './message-text.tsx'

const htmlOf = (text: string): string => render(<MessageText text={text} />).container.innerHTML

describe('MessageText', () => {
  it.each([
    ['*R$ 52,90* Mercado', '<strong>R$ 52,90</strong> Mercado'],
    ['_a_ e *b*', '<em>a</em> e <strong>b</strong>'],
    ['*_a_*', '<strong><em>a</em></strong>'],
    ['2*3*4', '2*3*4'],
    ['snake_case_name', 'snake_case_name'],
    ['* lista', '* lista'],
    ['<b>', '&lt;b&gt;'],
  ])('draws %j', (text, html) => {
    expect(htmlOf(text)).toBe(html)
  })
})
