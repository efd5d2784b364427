/**
 * Whose server an address names, by its host as it is resolved and not as it is written, and whether it asks for TLS.
 * What decides about encryption is read here alone.
 */
import type { SecretFiles } from './deployment-secrets.ts'

/** The names under which the two answer in the deployment. */
export const TLS_SERVERS = ['postgres', 'redis'] as const
export type TlsServer = (typeof TLS_SERVERS)[number]

interface Address {
  text: string
  url: URL
  /** As DNS takes it: no case, no dot at its end. node-postgres lets the parameter win. */
  host: string
}

/** Of a parameter that is there twice node-postgres takes the last. */
const lastOf = (url: URL, name: string): string | null => url.searchParams.getAll(name).at(-1) ?? null

const ADDRESS = /^(DATABASE_\w*URLS?|REDIS_URL)$/

/**
 * @returns none for what is no address of PostgreSQL or Redis; several of a list
 * @throws Error naming the variable, and never its value, where it cannot be read
 */
export function addressesOf(name: string, value: string): Address[] {
  if (!ADDRESS.test(name) || value.trim() === '') return []
  return (name.endsWith('_URLS') ? value.split(',') : [value]).map((part) => {
    const text = part.trim()
    const isKnown = URL.canParse(text) && /^(postgres(ql)?|rediss?):$/.test(new URL(text).protocol)
    const form = name === 'REDIS_URL' ? 'redis://host:6379' : 'postgresql://user:password@host:5432/database'
    const url = new URL(isKnown ? text : 'redis:')
    const named = lastOf(url, 'host') || decodeURIComponent(url.hostname)
    if (named === '')
      throw new Error(`${name} must look like ${form}, with percent signs for what a URL has another use for`)
    return { text, url, host: named.toLowerCase().replace(/\.$/, '') }
  })
}

/** null for servers of somebody else's. */
export function serverOf({ url, host }: Address): TlsServer | null {
  const server = /^rediss?:$/.test(url.protocol) ? 'redis' : 'postgres'
  return host === server ? server : null
}

/** Another authority, or none at all: the operator's own word, which `plainNotes` repeats where it is the latter. */
export function saysItself({ url }: Address, server: TlsServer): boolean {
  if (server === 'redis') return url.searchParams.has('cacert')
  return url.searchParams.has('sslrootcert') || isDisabled(url)
}

/** The address with the name that the certificate has, and that certificate as the one authority. */
export function encryptedAddress({ text }: Address, server: TlsServer, authority: string): string {
  const url = new URL(server === 'redis' ? text.replace(/^redis:/i, 'rediss:') : text)
  url.hostname = server
  url.searchParams.delete('host')
  if (server === 'postgres') url.searchParams.set('sslmode', 'verify-full')
  url.searchParams.set(server === 'postgres' ? 'sslrootcert' : 'cacert', authority)
  return url.href
}

/** Sentences for whoever starts the deployment: each variable whose server is reached in the clear, and where it is. */
export function plainNotes(files: SecretFiles): string[] {
  const plain = Object.values(files)
    .flatMap((values) => Object.entries(values))
    .flatMap(([name, value]) => addressesOf(name, value).map((address) => ({ name, ...address })))
    .filter(({ url }) => (/^rediss?:$/.test(url.protocol) ? url.protocol === 'redis:' : isOptional(url)))
  return [
    ...new Set(
      plain.map(({ name, url, host }) => {
        const way = url.protocol === 'redis:' ? 'rediss://' : 'sslmode=verify-full'
        return `WARNING: ${name} reaches ${host} without TLS: ${way} in it asks for TLS (docs/deployment.md, TLS inside).`
      }),
    ),
  ]
}

const isDisabled = (url: URL): boolean => lastOf(url, 'sslmode') === 'disable'

/** Whether PostgreSQL is spoken to in the clear, or is where it has no TLS. A socket leaves no machine. */
function isOptional(url: URL): boolean {
  const mode = lastOf(url, 'sslmode')
  const isSocket = (lastOf(url, 'host') || decodeURIComponent(url.hostname)).startsWith('/')
  if (isSocket) return false
  if (mode !== null) return ['disable', 'allow', 'prefer'].includes(mode)
  return !url.searchParams.has('sslrootcert') && !['true', '1'].includes(lastOf(url, 'ssl') ?? '')
}
