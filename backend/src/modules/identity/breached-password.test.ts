/** Every place where a password is chosen looks into the operator's file of breached ones. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'

const STOLEN = 'gaivota tijolo varanda 88'

let folder: string
let harness: Harness
let client: Client

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'breached-'))
  const file = path.join(folder, 'pwned.txt')
  await writeFile(file, `${createHash('sha1').update(STOLEN).digest('hex').toUpperCase()}:3\n`)
  harness = await createHarness({ environment: { BREACHED_PASSWORDS_FILE: file } })
  await harness.startJobs()
  client = await harness.signUp()
})
afterAll(async () => {
  await harness.close()
  await rm(folder, { recursive: true })
})

const post = (url: string, payload: object): Promise<Answer> =>
  harness.request({ method: 'POST', url: `/api/v1/auth${url}`, payload })
const refused = (answer: Answer): unknown[] => [answer.status, answer.body.code]

describe('a password that was found in a breach', () => {
  it('makes nobody', async () => {
    await expect(harness.signUp({ password: STOLEN })).rejects.toThrow('weak_password')
  })

  it('is not changed to', async () => {
    const body = { currentPassword: client.password, newPassword: STOLEN }
    expect(refused(await client.post('/me/password', body))).toEqual([422, 'weak_password'])
    expect((await client.post('/me/password', { ...body, newPassword: `${STOLEN}!` })).status).toBe(204)
  })

  it('is not chosen by a link', async () => {
    await post('/password-reset', { email: client.email })
    const { token } = await harness.mailTo(client.email, /^Escolha uma nova senha/)
    expect(refused(await post('/password-reset/confirm', { token, password: STOLEN }))).toEqual([
      422,
      'weak_password',
    ])
  })
})

describe('a server whose file of breached passwords is none', () => {
  it('does not start, and says which variable is wrong', async () => {
    const environment = { BREACHED_PASSWORDS_FILE: path.join(folder, 'none.txt') }
    await expect(createHarness({ environment, database: harness.database })).rejects.toThrow(
      'BREACHED_PASSWORDS_FILE',
    )
  })
})
