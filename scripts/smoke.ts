// `make smoke URL=https://…`: a running installation, looked at from outside after a deployment. Health and version, the
// sign-in page with its headers, and a sign-in: of SMOKE_EMAIL and SMOKE_PASSWORD where they are set (production), else
// of somebody who registers for it (staging). Ends with 1 at the first thing that is wrong. VERSION and COMMIT say what
// should run; INSECURE=1 takes a certificate that nobody signed.
import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'

const TIMEOUT_MS = 15_000

export interface SmokeOptions {
  url: string
  version?: string
  commit?: string
  login?: { email: string; password: string }
}

class SmokeError extends Error {}

interface Session {
  accessToken: string
}

/** Calls `say` with each thing that held. @throws Error naming what does not hold */
export async function smoke(options: SmokeOptions, say: (line: string) => void): Promise<void> {
  const base = options.url.replace(/\/+$/, '')
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? 'GET'
    try {
      return await fetch(base + path, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (error) {
      const cause = (error as { cause?: Error }).cause?.message ?? String(error)
      throw new SmokeError(`${method} ${path}: no answer (${cause})`)
    }
  }
  const expected = async (path: string, status: number, init: RequestInit = {}): Promise<Response> => {
    const answer = await ask(path, init)
    if (answer.status !== status)
      throw new SmokeError(`${init.method ?? 'GET'} ${path}: ${answer.status} instead of ${status}`)
    return answer
  }

  const live = (await (await expected('/health/live', 200)).json()) as {
    version?: string
    commit?: string | null
  }
  if (options.version !== undefined && live.version !== options.version)
    throw new SmokeError(`/health/live: version ${live.version} instead of ${options.version}`)
  if (options.commit !== undefined && !options.commit.startsWith(live.commit ?? '-'))
    throw new SmokeError(`/health/live: commit ${live.commit} instead of ${options.commit}`)
  say(`alive: version ${live.version} (${live.commit ?? 'no commit'})`)
  const ready = (await (await expected('/health/ready', 200)).json()) as { status: string }
  if (ready.status === 'draining') throw new SmokeError('/health/ready: draining')
  say(`ready: ${ready.status}`)

  const page = await expected('/sign-in', 200)
  const html = await page.text()
  if (!html.includes('<div id="root"')) throw new SmokeError('/sign-in is not the web')
  if (!page.headers.has('content-security-policy')) throw new SmokeError('/sign-in has no content policy')
  const script = /<script[^>]+src="(\/[^"]+)"/.exec(html)?.[1]
  if (script === undefined) throw new SmokeError('/sign-in loads nothing')
  await (await expected(script, 200)).arrayBuffer()
  say('sign-in page: it and its script are there')

  const { login } = options
  const who = login ?? { email: `smoke-${randomBytes(6).toString('hex')}@example.com`, password: fresh() }
  if (login === undefined) {
    const answer = await ask('/api/v1/auth/register', post({ ...who, ...SOMEBODY }))
    if (answer.status === 202)
      return say('registering sends a link: nobody signs in here without SMOKE_EMAIL')
    if (answer.status !== 201)
      throw new SmokeError(`POST /api/v1/auth/register: ${answer.status} instead of 201`)
    say('registered somebody')
  }
  const { accessToken } = (await (await expected('/api/v1/auth/login', 200, post(who))).json()) as Session
  const me = await expected('/api/v1/me', 200, { headers: { authorization: `Bearer ${accessToken}` } })
  const { user } = (await me.json()) as { user: { email: string } }
  if (user.email !== who.email) throw new SmokeError('/api/v1/me is somebody else')
  await expected('/api/v1/accounts', 200, { headers: { authorization: `Bearer ${accessToken}` } })
  await expected('/api/v1/accounts', 401)
  say('signed in, read, and refused without a session')
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const fresh = (): string => `${randomBytes(18).toString('base64url')}aA1!`
const SOMEBODY = {
  name: 'Smoke Test',
  workspaceName: 'Smoke test',
  currency: 'BRL',
  locale: 'pt-BR',
  timezone: 'America/Sao_Paulo',
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { URL: url, VERSION, COMMIT, SMOKE_EMAIL: email, SMOKE_PASSWORD: password, INSECURE } = process.env
  // Before the first connection, which reads it.
  if (INSECURE === '1') process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    if (!url) throw new SmokeError('Say where: make smoke URL=https://money.example')
    await smoke(
      {
        url,
        ...(VERSION ? { version: VERSION } : {}),
        ...(COMMIT ? { commit: COMMIT } : {}),
        ...(email && password ? { login: { email, password } } : {}),
      },
      (line) => console.log(`  ok  ${line}`),
    )
    console.log('All well.')
  } catch (error) {
    console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
