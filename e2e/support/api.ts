/**
 * The API as a program uses it, with a bearer token: it sets the scene before a browser plays in it, and looks behind
 * the scenes after. Shapes come from the contracts.
 */
import { register } from '@chronos/contracts/auth'
import type {
  EndpointBodyInput,
  EndpointQueryInput,
  EndpointResponse,
  EndpointSpec,
} from '@chronos/contracts/endpoint'
import { settings } from './settings.ts'

interface AskOptions<E extends EndpointSpec> {
  params?: Record<string, string>
  query?: EndpointQueryInput<E>
  body?: EndpointBodyInput<E> | FormData
}

export interface Person {
  name: string
  email: string
  password: string
  workspaceName: string
  tenantId: string
  /** Calls one endpoint as this person. @throws Error with what the server answered, where that was no success. */
  ask<E extends EndpointSpec>(endpoint: E, options?: AskOptions<E>): Promise<EndpointResponse<E>>
}

async function ask<E extends EndpointSpec>(
  token: string | null,
  endpoint: E,
  { params = {}, query, body }: AskOptions<E> = {},
): Promise<EndpointResponse<E>> {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => params[name] ?? '')
  const url = new URL(`${settings.apiUrl}/api/v1${path}`)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value))
  const isForm = body instanceof FormData
  const response = await fetch(url, {
    method: endpoint.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${endpoint.method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as EndpointResponse<E>
}

let people = 0

/** An address that nobody has signed up with. */
export function freshEmail(): string {
  people += 1
  return `pessoa-${process.pid}-${Date.now().toString(36)}-${people}@example.com`
}

export const PASSWORD = 'uma senha bem comprida'

/** Signs somebody up, with a workspace of their own in São Paulo. */
export async function signUp(name: string, workspaceName: string): Promise<Person> {
  const email = freshEmail()
  const place = { currency: 'BRL', locale: 'pt-BR', timezone: 'America/Sao_Paulo' }
  const { accessToken, tenant } = await ask(null, register, {
    body: { name, email, password: PASSWORD, workspaceName, ...place },
  })
  return {
    name,
    email,
    password: PASSWORD,
    workspaceName,
    tenantId: tenant.id,
    ask: (endpoint, options) => ask(accessToken, endpoint, options),
  }
}
