/**
 * Styles that libraries make while the page runs. They come as `<style>` elements, which the content policy stops; here
 * they become constructed sheets, which it trusts because only a script of this origin can make one.
 * `vite-adopted-styles.ts` puts both functions in the place of the libraries' own.
 */
import { useInsertionEffect } from 'react'

/** @returns what takes the styles away again */
export function adoptStyles(css: string): () => void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
  }
}

interface StyleProps {
  dangerouslySetInnerHTML?: { __html: string }
  children?: string
}

/** In the place of Mantine's `<style>`, whose text comes one way or the other. */
export function AdoptedStyle({ dangerouslySetInnerHTML, children }: StyleProps): null {
  const css = dangerouslySetInnerHTML?.__html ?? children ?? ''
  useInsertionEffect(() => adoptStyles(css), [css])
  return null
}

/** In the place of react-style-singleton's: the first user brings the styles, the last one takes them along. */
export function stylesheetSingleton(): { add(css: string): void; remove(): void } {
  let users = 0
  let takeAway = (): void => undefined
  return {
    add(css) {
      if (users === 0) takeAway = adoptStyles(css)
      users += 1
    },
    remove() {
      users -= 1
      if (users === 0) takeAway()
    },
  }
}
