/**
 * A replica has the logins and databases of its primary: what an address does not name is DATABASE_URL's.
 * @throws Error for what is no address
 */
export function replicaUrlsOf(addresses: readonly string[], primary: string): string[] {
  return addresses.map((address) => {
    if (!/^postgres(ql)?:\/\//.test(address) || !URL.canParse(address))
      throw new Error('DATABASE_REPLICA_URLS takes postgresql:// addresses, separated by commas')
    const [url, of] = [new URL(address), new URL(primary)]
    if (url.username === '') [url.username, url.password] = [of.username, of.password]
    if (url.pathname === '' || url.pathname === '/') url.pathname = of.pathname
    return url.href
  })
}
