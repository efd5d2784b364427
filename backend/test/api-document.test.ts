/** The call that docs/api.md shows, typed: a program with a token of a member reads that workspace's accounts. */
import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksFor, commands } from '../../scripts/docs/markdown.ts'
import { createHarness, type Client, type Harness } from './harness.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const TYPED = blocksFor(ROOT, 'docs/api.md', 'backend/test/api-document.test.ts').flatMap(commands)

let harness: Harness
let client: Client
let site: string
beforeAll(async () => {
  harness = await createHarness()
  client = await harness.verify(await harness.signUp())
  await harness.app.listen({ host: '127.0.0.1', port: 0 })
  site = `http://127.0.0.1:${(harness.app.server.address() as AddressInfo).port}`
})
afterAll(() => harness.close())

async function type(command: string, token: string): Promise<unknown> {
  const typed = command.replaceAll('https://money.example', site).replaceAll('chr_…', token)
  const { stdout } = await promisify(execFile)('bash', ['-c', typed])
  return JSON.parse(stdout)
}

describe('docs/api.md', () => {
  it('shows a call that answers whoever has a token, and nobody else', async () => {
    const made = await client.post('/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 30 })
    const account = { name: 'Carteira', type: 'cash', currency: 'BRL' }
    expect((await client.post('/accounts', account)).status).toBe(201)
    expect(TYPED).toHaveLength(1)
    const [command = ''] = TYPED
    expect(await type(command, made.body.token)).toMatchObject({ items: [{ name: 'Carteira' }] })
    expect(await type(command, 'chr_nonsense')).toMatchObject({ status: 401 })
  })
})
