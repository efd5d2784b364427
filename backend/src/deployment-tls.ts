/**
 * TLS between the containers of one deployment. The PostgreSQL and the Redis that come with it show a certificate of
 * their own, made once; whoever connects is given it as the one authority to believe. Servers of somebody else's are
 * reached as their addresses say.
 */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import {
  addressesOf,
  encryptedAddress,
  saysItself,
  serverOf,
  type TlsServer,
} from './deployment-addresses.ts'
import type { SecretFiles, SecretReader } from './deployment-secrets.ts'

/** Both in PEM. */
export interface Certificate {
  certificate: string
  key: string
}

/** Longer than a deployment lives: nobody has to renew it, and a new one is made where the files are removed. */
const DAYS = 7300
const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n/s
const KEY = /-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n/s

/**
 * @param others hosts that show the same certificate: the workers of a cluster
 * @throws Error where there is no openssl
 */
export function issueCertificate(server: TlsServer, others: readonly string[] = []): Certificate {
  const names = [server, ...others, 'localhost'].map((name) => `DNS:${name}`).join()
  const pem = execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', String(DAYS), '-subj', `/CN=${server}`, '-keyout', '-', '-out', '-'],
      ...['-addext', `subjectAltName=${names},IP:127.0.0.1`],
      ...['-addext', 'extendedKeyUsage=serverAuth'],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [certificate, key] = [CERTIFICATE.exec(pem)?.[0], KEY.exec(pem)?.[0]]
  if (certificate === undefined || key === undefined) throw new Error('openssl made no certificate')
  return { certificate, key }
}

/**
 * What was made before, in the folder of the server itself.
 * @param others as of `issueCertificate`
 * @returns null where there is none, or none that names all of these
 */
export function keptCertificate(
  kept: SecretFiles,
  server: TlsServer,
  others: readonly string[] = [],
): Certificate | null {
  const { [`${server}.pem`]: certificate, [`${server}.key`]: key } = kept[server]
  if (certificate === undefined || key === undefined) return null
  const read = new X509Certificate(certificate)
  return others.every((name) => read.checkHost(name) !== undefined) ? { certificate, key } : null
}

/**
 * Every address of one of the two servers asks for its certificate, which lies beside it; its key is the server's alone.
 * @param folder under which each reader finds its files, in a folder of its own name
 * @throws Error naming the variable whose address cannot be read: nobody could say how it is reached
 */
export function withTls(
  files: SecretFiles,
  folder: string,
  certificates: Readonly<Record<TlsServer, Certificate>>,
): SecretFiles {
  const readers = Object.entries(files) as [SecretReader, Record<string, string>][]
  const encrypted = Object.fromEntries(
    readers.map(([reader, values]) => {
      const needed = new Set<TlsServer>()
      const addresses = Object.entries(values).map(([name, value]) => {
        const each = addressesOf(name, value).map((address) => {
          const server = serverOf(address)
          if (server === null || saysItself(address, server)) return address.text
          needed.add(server)
          return encryptedAddress(address, server, path.posix.join(folder, reader, `${server}.pem`))
        })
        return [name, each.length > 0 ? each.join() : value]
      })
      const authorities = [...needed].map((server) => [`${server}.pem`, certificates[server].certificate])
      return [reader, Object.fromEntries([...addresses, ...authorities])]
    }),
  ) as SecretFiles
  const own = (server: TlsServer): Record<string, string> => ({
    ...encrypted[server],
    [`${server}.pem`]: certificates[server].certificate,
    [`${server}.key`]: certificates[server].key,
  })
  const postgres = own('postgres')
  const redis = own('redis')
  const place = path.posix.join(folder, 'redis')
  redis['redis.conf'] = [
    redis['redis.conf'] ?? '',
    'port 0\ntls-port 6379\ntls-auth-clients no\n',
    `tls-cert-file ${place}/redis.pem\ntls-key-file ${place}/redis.key\ntls-ca-cert-file ${place}/redis.pem\n`,
  ].join('')
  return { ...encrypted, postgres, redis }
}
