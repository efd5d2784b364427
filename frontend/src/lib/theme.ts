/** The look: colours named after fruit and leaves, two typefaces, calm surfaces. */
import { createTheme } from '@mantine/core'
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core'

const jabuticaba: MantineColorsTuple = [
  '#f8f2f9',
  '#eddff0',
  '#d8bcde',
  '#c297cc',
  '#ae77bb',
  '#92539f',
  '#783a86',
  '#612a6e',
  '#471b52',
  '#2a1033',
]
const maracuja: MantineColorsTuple = [
  '#fff8e2',
  '#ffefc4',
  '#ffe08c',
  '#fdcf57',
  '#f8bd2b',
  '#e5a40f',
  '#b97d06',
  '#8f5f05',
  '#6b4708',
  '#4a3109',
]
const mate: MantineColorsTuple = [
  '#e9f6ee',
  '#d2ebdc',
  '#a5d6b9',
  '#75c095',
  '#4bab78',
  '#2c955b',
  '#1b7c49',
  '#15643b',
  '#124d2f',
  '#0c3621',
]
const goiaba: MantineColorsTuple = [
  '#fdeeed',
  '#fad9d8',
  '#f3b1b1',
  '#ec878a',
  '#e2626a',
  '#d24350',
  '#b62f3e',
  '#952433',
  '#721b28',
  '#4f121c',
]
const gray: MantineColorsTuple = [
  '#f8f6f9',
  '#f1eef3',
  '#e6e2e9',
  '#d8d2dc',
  '#bfb7c5',
  '#978d9f',
  '#6f6577',
  '#574e5f',
  '#3c3443',
  '#241d2a',
]
const dark: MantineColorsTuple = [
  '#e2dce7',
  '#c6bdcd',
  '#a096a9',
  '#7b7085',
  '#443b4d',
  '#372f3f',
  '#2a2331',
  '#221c28',
  '#17121b',
  '#100c13',
]

const body = "'Figtree Variable', 'Figtree', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
const display =
  "'Bricolage Grotesque Variable', 'Bricolage Grotesque', 'Figtree Variable', system-ui, sans-serif"

const DIALOG_TITLE = { fontFamily: display, fontWeight: 650, fontSize: '1.15rem' }

export const theme = createTheme({
  colors: { jabuticaba, maracuja, mate, goiaba, gray, dark },
  primaryColor: 'jabuticaba',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: body,
  headings: {
    fontFamily: display,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.25rem', lineHeight: '1.3' },
      h3: { fontSize: '1.05rem', lineHeight: '1.35' },
    },
  },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '7px', md: '10px', lg: '16px', xl: '24px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  // Plain objects: naming the components here would bring all of them into the first load.
  components: {
    Card: { defaultProps: { radius: 'lg', padding: 'lg', withBorder: true } },
    Modal: {
      defaultProps: { radius: 'lg', centered: true, overlayProps: { blur: 2 } },
      styles: { title: DIALOG_TITLE },
    },
    Drawer: {
      defaultProps: { position: 'right', size: 'md', overlayProps: { blur: 2 } },
      styles: { title: DIALOG_TITLE },
    },
    Menu: { defaultProps: { shadow: 'md', radius: 'md' } },
    Tooltip: { defaultProps: { openDelay: 350 } },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
})

/** Surfaces and inks of our own, one name for both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--font-display': display,
    '--shell': '#2a1033',
    '--shell-raised': '#3d1b49',
    '--shell-ink': '#f1e6f4',
    '--shell-ink-soft': '#c3a8cb',
    '--shell-accent': '#f8bd2b',
  },
  light: {
    '--mantine-color-body': '#f8f6f9',
    '--mantine-color-text': '#241d2a',
    '--mantine-color-dimmed': '#665c6e',
    '--mantine-color-placeholder': '#7d7386',
    '--surface': '#ffffff',
    '--surface-sunken': '#f1eef3',
    '--line': '#e6e2e9',
    '--line-strong': '#d8d2dc',
    '--ink-soft': '#665c6e',
    '--income': '#15643b',
    '--expense': '#241d2a',
    '--danger': '#b62f3e',
    '--warning': '#8f5f05',
    '--accent': '#f8bd2b',
    '--track': '#ece8ef',
  },
  dark: {
    '--mantine-color-body': '#17121b',
    '--mantine-color-text': '#ece7f0',
    '--mantine-color-dimmed': '#aaa0b3',
    '--mantine-color-placeholder': '#8f8499',
    '--surface': '#221c28',
    '--surface-sunken': '#1c1721',
    '--line': '#372f3f',
    '--line-strong': '#443b4d',
    '--ink-soft': '#aaa0b3',
    '--income': '#75c095',
    '--expense': '#ece7f0',
    '--danger': '#f08a90',
    '--warning': '#f8bd2b',
    '--accent': '#f8bd2b',
    '--track': '#372f3f',
    '--shell': '#1e0d25',
    '--shell-raised': '#37194180',
  },
})

/** Parts of a whole, in this order; each at least 3:1 against both surfaces. */
export const PALETTE = [
  '#8a4899',
  '#cf8a06',
  '#2c955b',
  '#d2525c',
  '#3a7fbf',
  '#d5702c',
  '#20908f',
  '#9a7b4f',
  '#b05a9a',
  '#7b7085',
] as const
