import { fastify, type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fc } from '../../test/fast-check.ts'
import { rangeOf, sendFile } from './downloads.ts'

const PIECES = ['Der ', '', 'Rhein ', 'fließt ', 'nach Norden.'].map((text) => Buffer.from(text))
const WHOLE = Buffer.concat(PIECES)
let app: FastifyInstance
let opened = 0

beforeAll(async () => {
  app = fastify()
  app.get('/file', (request, reply) =>
    sendFile(request, reply, {
      contentType: 'application/zip',
      fileName: 'rhein.zip',
      etag: 'one',
      sizeBytes: WHOLE.length,
      async open() {
        opened += 1
        return (async function* () {
          yield* PIECES
        })()
      },
    }),
  )
  await app.ready()
})
afterAll(() => app.close())

const get = (headers: Record<string, string> = {}) => app.inject({ url: '/file', headers })

describe('a download', () => {
  it('is whole where nothing else is asked for, and says that it can be resumed', async () => {
    const { statusCode, headers, rawPayload } = await get()
    expect([statusCode, headers['accept-ranges'], headers.etag]).toEqual([200, 'bytes', '"one"'])
    expect(headers['content-disposition']).toBe('attachment; filename="rhein.zip"')
    expect(Number(headers['content-length'])).toBe(WHOLE.length)
    expect(rawPayload.equals(WHOLE)).toBe(true)
  })

  it('goes on where it broke off, whatever the pieces are', async () => {
    for (let first = 0; first < WHOLE.length; first += 1) {
      const rest = await get({ range: `bytes=${first}-`, 'if-range': '"one"' })
      expect([first, rest.statusCode]).toEqual([first, 206])
      expect(rest.headers['content-range']).toBe(`bytes ${first}-${WHOLE.length - 1}/${WHOLE.length}`)
      expect(rest.rawPayload.equals(WHOLE.subarray(first))).toBe(true)
    }
  })

  it('is put together from any parts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: WHOLE.length - 1 })), async (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), WHOLE.length]
        const parts: Buffer[] = []
        for (let n = 0; n + 1 < bounds.length; n += 1) {
          const range = `bytes=${bounds[n]}-${(bounds[n + 1] ?? 0) - 1}`
          parts.push((await get({ range })).rawPayload)
        }
        expect(Buffer.concat(parts).equals(WHOLE)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('is whole where it has become another file since', async () => {
    const answer = await get({ range: 'bytes=4-', 'if-range': '"two"' })
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([200, WHOLE.length])
  })

  it('is not sent again, nor opened, to who has it', async () => {
    const before = opened
    for (const known of ['"one"', 'W/"one"', '"two", "one"', '*']) {
      const answer = await get({ 'if-none-match': known })
      expect([known, answer.statusCode, answer.rawPayload.length]).toEqual([known, 304, 0])
    }
    expect(opened).toBe(before)
    expect((await get({ 'if-none-match': '"two"' })).statusCode).toBe(200)
  })
})

describe('rangeOf', () => {
  it.each([
    ['bytes=0-3', { first: 0, last: 3 }],
    ['bytes=3-', { first: 3, last: 9 }],
    ['bytes=-4', { first: 6, last: 9 }],
    ['bytes=-40', { first: 0, last: 9 }],
    ['bytes=0-99', { first: 0, last: 9 }],
    ['bytes=10-', null],
    ['bytes=5-3', null],
    ['bytes=-0', null],
    ['bytes=-', null],
    ['bytes=0-1,4-5', null],
    ['lines=0-1', null],
    ['bytes=0x1-2', null],
    [undefined, null],
  ])('reads %s of ten bytes', (header, expected) => {
    expect(rangeOf(header, 10)).toEqual(expected)
  })

  it('finds nothing in an empty file', () => {
    for (const header of ['bytes=0-', 'bytes=-1', 'bytes=0-0']) expect(rangeOf(header, 0)).toBeNull()
  })
})
