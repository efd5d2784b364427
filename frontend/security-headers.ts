/**
 * Headers of the web's own files, in one place: `vite preview`, which the browser tests look at, sends them from here, and
 * Nginx includes deploy/nginx/snippets/web-security-headers.conf, which `frontend/scripts/print-nginx-headers.ts` prints
 * (scripts/web-security-headers.test.ts holds it to this file). The API has headers of its own (backend/src/plugins).
 *
 * Nothing inline runs or styles: scripts and styles are files of this origin, and what libraries style while the page
 * runs goes through constructed sheets (`vite-adopted-styles.ts`). No text becomes markup: Trusted Types without a policy.
 */
const REPORTS = '/api/v1/csp-reports'

const CONTENT_POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ["'none'"],
  // Every browser knows this one, and sends at once; its successor, `report-to`, would be preferred and wait a minute.
  'report-uri': [REPORTS],
}

/** What a content delivery network may give: files alone, never what the page talks to. */
const FROM_ASSETS: ReadonlySet<string> = new Set(['script-src', 'style-src', 'font-src', 'img-src'])

export interface WebHeaderOptions {
  /** Whether people come by https: browsers are then told to stay with it. */
  https: boolean
  /** Where the web tells its failures; pages may send to that origin then. */
  sentryDsn?: string | undefined
  /** Origin of ASSET_BASE_URL; '' where hashed files come from this one. */
  assetOrigin?: string
}

export function webSecurityHeaders(options: WebHeaderOptions): Record<string, string> {
  const { https, sentryDsn, assetOrigin = '' } = options
  const reports = sentryDsn ? [new URL(sentryDsn).origin] : []
  const files = assetOrigin === '' ? [] : [assetOrigin]
  const policy = { ...CONTENT_POLICY, 'connect-src': ["'self'", ...reports] }
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([directive, sources]) =>
        [directive, ...sources, ...(FROM_ASSETS.has(directive) ? files : [])].join(' '),
      )
      .join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Browsers' own filter could be turned against a page; the content policy does its work.
    'X-XSS-Protection': '0',
    // Other sites learn nothing; this one keeps its Origin header.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(https ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

/** Lines for a `location` of Nginx; `always`, so that errors have them too. Values hold no dollar sign and no backslash. */
export function nginxSecurityHeaders(options: Omit<WebHeaderOptions, 'https'> = {}): string {
  const lines = Object.entries(webSecurityHeaders({ https: true, ...options })).map(
    ([name, value]) => `add_header ${name} '${value.replaceAll("'", String.raw`\'`)}' always;`,
  )
  return [
    '# Printed by `node frontend/scripts/print-nginx-headers.ts`; edit frontend/security-headers.ts instead.',
    '# A location with an add_header of its own inherits none: include this there as well.',
    ...lines,
    '',
  ].join('\n')
}
