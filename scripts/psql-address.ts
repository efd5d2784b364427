// How psql is told where to connect: all that the address says, its password apart from it.

/** Parameters that node-postgres alone knows: libpq refuses an address that has one. */
const OF_NODE = ['uselibpqcompat', 'max', 'statement_timeout', 'query_timeout', 'lock_timeout']

/**
 * psql's argument and environment for an address. A password is no argument: everybody on a machine sees those.
 * @param url postgresql://…, as node-postgres reads it
 */
export function psqlConnection(url: string): { args: string[]; env: Record<string, string> } {
  const address = new URL(url)
  const { searchParams } = address
  const password = decodeURIComponent(address.password) || (searchParams.get('password') ?? '')
  address.password = ''
  searchParams.delete('password')
  for (const name of OF_NODE) searchParams.delete(name)
  // node-postgres' name for a TLS that believes any certificate.
  if (searchParams.get('sslmode') === 'no-verify') searchParams.set('sslmode', 'require')
  // A space is %20 to libpq, and a plus a plus.
  address.search = searchParams.toString().replaceAll('+', '%20')
  return { args: [address.href], env: password === '' ? {} : { PGPASSWORD: password } }
}
