/** A program that uses the API as any other does: signs up, signs in, asks and uploads. */
import type { Server } from './lab.ts'

export interface Session {
  tenantId: string
  accessToken: string
}

/** Answer of the API. Figures read a few fields of a few shapes. */
export type Json = Record<string, unknown>

export interface ApiClient {
  /** @throws Error for anything but 2xx */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>
  upload(
    path: string,
    fileName: string,
    content: Uint8Array<ArrayBuffer>,
    fields?: Record<string, string>,
  ): Promise<Json>
}

export const PASSWORD = 'a password of the benchmarks'

export function emailOf(n: number): string {
  return `bench-${n}@example.com`
}

/** Signs the n-th person up, or in where they are already there. */
export async function personSession(api: Server, n: number): Promise<Session> {
  const email = emailOf(n)
  const registered = await post(`${api.url}/api/v1/auth/register`, {
    name: `Person ${n}`,
    email,
    password: PASSWORD,
    workspaceName: `Workspace ${n}`,
    currency: 'BRL',
    locale: 'pt-BR',
    timezone: 'America/Sao_Paulo',
  })
  const answer =
    registered.status === 201
      ? registered
      : await post(`${api.url}/api/v1/auth/login`, { email, password: PASSWORD })
  if (answer.status >= 300) throw new Error(`sign-in failed: ${JSON.stringify(answer.body)}`)
  const { accessToken, tenant } = answer.body as { accessToken: string; tenant: { id: string } }
  return { accessToken, tenantId: tenant.id }
}

export async function manySessions(api: Server, count: number): Promise<Session[]> {
  const sessions: Session[] = []
  for (let n = 0; n < count; n += 10) {
    const group = Array.from({ length: Math.min(10, count - n) }, (_, index) => personSession(api, n + index))
    sessions.push(...(await Promise.all(group)))
  }
  return sessions
}

export function clientOf(api: Server, session: Session): ApiClient {
  const authorization = `Bearer ${session.accessToken}`
  return {
    async send(method, path, body) {
      const response = await fetch(`${api.url}/api/v1${path}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return read(response, `${method} ${path}`)
    },
    async upload(path, fileName, content, fields = {}) {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      form.append('file', new Blob([content], { type: 'text/csv' }), fileName)
      const response = await fetch(`${api.url}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization },
        body: form,
      })
      return (await read(response, `upload ${path}`)).body
    },
  }
}

async function post(url: string, body: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Json }
}

async function read(response: Response, what: string): Promise<{ status: number; body: Json }> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text.slice(0, 500)}`)
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Json }
}
