/**
 * Lets libraries style the page under a content policy without 'unsafe-inline': where they make `<style>` elements, the
 * build puts src/lib/adopted-styles.ts. A build fails when a library no longer looks as this expects, or when another
 * one makes such an element; the browser tests fail at the first violation.
 */
import path from 'node:path'
import type { Plugin } from 'vite'

const OURS = path.join(import.meta.dirname, 'src/lib/adopted-styles.ts')
const MANTINE_STYLE = /\bjsx\("style",/g
const SINGLETON = /\/react-style-singleton\/dist\/[^/]+\/singleton\.js$/
/** Modules of Mantine that render `<style>`: theme, classes, responsive properties. */
const EXPECTED = ['MantineCssVariables', 'MantineClasses', 'InlineStyles']
/** Never called: `useMantineColorScheme` is asked to keep transitions. */
const UNUSED = /use-mantine-color-scheme\.mjs$/
const MAKES_STYLE = /createElement\(\s*["']style["']|jsxs?\(\s*["']style["']/

export function adoptedStyles(): Plugin {
  const replaced = new Set<string>()
  return {
    name: 'adopted-styles',
    apply: 'build',
    transform(code, id) {
      const file = id.split('?')[0] ?? id
      if (!/\.m?js$/.test(file) || !file.includes('/node_modules/')) return null
      if (SINGLETON.test(file)) {
        replaced.add('react-style-singleton')
        return { code: `export { stylesheetSingleton } from ${JSON.stringify(OURS)}`, map: null }
      }
      if (!MAKES_STYLE.test(code) || UNUSED.test(file) || !file.includes('/@mantine/')) return null
      replaced.add(path.basename(file, '.mjs'))
      const withOurs = code.replace(MANTINE_STYLE, 'jsx(AdoptedStyle,')
      return { code: `import { AdoptedStyle } from ${JSON.stringify(OURS)};\n${withOurs}`, map: null }
    },
    generateBundle() {
      const missing = [...EXPECTED, 'react-style-singleton'].filter((name) => !replaced.has(name))
      if (missing.length > 0)
        this.error(`These no longer make <style> elements the way this build replaces: ${missing.join(', ')}`)
    },
  }
}
