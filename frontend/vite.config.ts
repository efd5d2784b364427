import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'
import { buildVersion } from './build-version.ts'
import { assetBaseOf, assetOriginOf } from './asset-base.ts'
import { webSecurityHeaders } from './security-headers.ts'
import { adoptedStyles } from './vite-adopted-styles.ts'

const root = path.dirname(fileURLToPath(import.meta.url))
const port = Number(process.env['WEB_PORT'] ?? 3000)
const assetBase = assetBaseOf(process.env['ASSET_BASE_URL'])
const host = process.env['BIND'] ?? '127.0.0.1'
// In containers the API is another host.
const api = process.env['API_ORIGIN'] || `http://127.0.0.1:${process.env['API_PORT'] ?? 3001}`
// Public by its nature: whoever opens a page can read it.
const sentryDsn = process.env['SENTRY_DSN'] ?? ''
const proxy = Object.fromEntries(
  ['/api', '/openapi.json', '/docs', '/health'].map((prefix) => [
    prefix,
    { target: api, changeOrigin: false },
  ]),
)

/** Asks for the two Latin typefaces together with the page, so that text never changes its shape after it is read. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((file) => /(figtree|bricolage-grotesque)-latin-wght-normal[^/]*\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: {
              rel: 'preload',
              as: 'font',
              type: 'font/woff2',
              href: `${assetBase}/${file}`,
              crossorigin: '',
            },
            injectTo: 'head' as const,
          })),
    },
  }
}

/**
 * The first load in few files: the libraries that every page needs, what the entry itself imports, and what the frame and
 * the dashboard are made of. Everything else follows its page. `scripts/bundle-size.ts` tells what comes of it.
 */
const CHUNKS = [
  {
    name: 'framework',
    priority: 20,
    test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|@tanstack\/(react-router|router-core|history|react-query|query-core|store|react-store))\//,
  },
  { name: 'base', priority: 10, tags: ['$initial' as const] },
  {
    name: 'home',
    priority: 5,
    test: /frontend\/src\/features\/(dashboard\/|reports\/|shell\/(?!command|more|page-states|use-open|quick)|budgets\/budget-(bar|queries|state)|accounts\/account-(queries|groups)|categories\/category-(queries|color|dot|label))/,
  },
]

export default defineConfig({
  root,
  plugins: [tanstackRouter({ autoCodeSplitting: true }), react(), preloadFonts(), adoptedStyles()],
  define: Object.fromEntries(
    Object.entries({
      ...buildVersion(process.env['CHRONOS_COMMIT']),
      CHRONOS_SENTRY_DSN: sentryDsn,
    }).map(([name, value]) => [`import.meta.env.${name}`, JSON.stringify(value)]),
  ),
  resolve: { alias: { zod: path.join(root, 'src/lib/zod-in-browser.ts') } },
  server: { port, host, strictPort: true, proxy },
  preview: {
    port,
    host,
    strictPort: true,
    proxy,
    headers: webSecurityHeaders({
      https: false,
      sentryDsn,
      assetOrigin: assetOriginOf(process.env['ASSET_BASE_URL']),
    }),
  },
  ...(assetBase === ''
    ? {}
    : {
        experimental: {
          // What is hashed may come from elsewhere; what stands in public/ may not.
          renderBuiltUrl: (file: string, { type }: { type: 'asset' | 'public' }) =>
            type === 'asset' ? `${assetBase}/${file}` : `/${file}`,
        },
      }),
  build: {
    manifest: true,
    target: 'es2022',
    // A data: address would need its own hole in the content policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
})
