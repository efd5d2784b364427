/**
 * Where the web's hashed files are loaded from: this origin, or with ASSET_BASE_URL a content delivery network in front
 * of it. The page itself, its icon and the API always come from this origin, so that a network can never change them.
 */

/**
 * @param text ASSET_BASE_URL: https, or http on this machine; a path is allowed
 * @returns the address without a slash at its end; '' for this origin
 * @throws Error where it is no such address
 */
export function assetBaseOf(text: string | undefined): string {
  const given = text?.trim() ?? ''
  if (given === '') return ''
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isLocal = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw new Error('ASSET_BASE_URL must look like https://cdn.example')
  if (url.search !== '' || url.hash !== '' || url.username !== '')
    throw new Error('ASSET_BASE_URL takes an origin and a path, nothing more')
  // Values of the content policy stand in quotes of Nginx.
  if (/[\s;,'"$\\]/.test(given)) throw new Error('ASSET_BASE_URL has a character that no header takes')
  return url.href.replace(/\/+$/, '')
}

/** What the content policy must allow; '' for this origin. */
export function assetOriginOf(text: string | undefined): string {
  const base = assetBaseOf(text)
  return base === '' ? '' : new URL(base).origin
}
