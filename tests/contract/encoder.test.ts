/** What every format of values keeps: bytes for what fits, `Rejected` for what does not, and memory that stays as long as it is held. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type EncoderKind, encoders } from '../../app/encode/index.ts'
import { Rejected, Unavailable } from '../../app/errors.ts'
import { Clock } from '../../app/lib/clock.ts'
import { closeHttp } from '../../app/lib/http-client.ts'
import type { Document, Encoder } from '../../app/model.ts'
import { entries, type ScriptedRegistry, scriptedRegistry } from '../fixtures/scripted-registry.ts'
import { kindValues } from '../support/kind-values.ts'

const MARK = 'qzmarkqz'
const SUBJECT = 'Quote-value'
const never = new AbortController().signal
const schema = JSON.stringify({
  type: 'record',
  name: 'Quote',
  fields: [
    { name: 'symbol', type: 'string' },
    { name: 'price', type: 'double' },
  ],
})
const fitting = (n: number): Document => ({ symbol: `S${n}`, price: n + 0.5 })

describe.each(Object.entries<EncoderKind>(encoders))('the format %s', (_name, kind) => {
  let registry: ScriptedRegistry
  let encoder: Encoder
  beforeEach(async () => {
    registry = await scriptedRegistry(entries({ [`${SUBJECT}/versions/latest`]: { id: 7, version: 2, schema } }))
    encoder = (await kind.load())(kindValues(kind.settings), {
      registry: registry.config,
      clock: new Clock(),
      emit: () => {},
    })
  })
  afterEach(async () => {
    await encoder.close()
    await registry.close()
  })
  afterAll(closeHttp)

  it('has a line of help', () => expect(kind.help).toMatch(/^\S.*\S$/))

  it('makes the same bytes of the same document, by an encoder of its own, too', async () => {
    await encoder.prepare(SUBJECT, never)
    const first = Buffer.from(encoder.encode(SUBJECT, fitting(1)))
    expect(first.length).toBeGreaterThan(0)
    encoder.encode(SUBJECT, fitting(2))
    expect(Buffer.from(encoder.encode(SUBJECT, fitting(1)))).toEqual(first)
    expect(Buffer.from(encoder.fork().encode(SUBJECT, fitting(1)))).toEqual(first)
  })

  it('makes bytes of any document, or refuses it without content', async () => {
    await encoder.prepare(SUBJECT, never)
    const odd: Document[] = [
      {},
      { symbol: MARK },
      { symbol: 1, price: MARK },
      { symbol: [MARK], price: null },
      { x: MARK },
    ]
    for (const document of odd) {
      try {
        expect(Buffer.isBuffer(encoder.encode(SUBJECT, document))).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(Rejected)
        const { message, path, cause } = error as Rejected
        expect(`${message} ${path} ${String(cause)}`).not.toContain(MARK)
      }
    }
    expect(encoder.undeclared).toBeGreaterThanOrEqual(0)
  })

  it('leaves what is held as it is, while more is encoded', async () => {
    await encoder.prepare(SUBJECT, never)
    const made = Array.from({ length: 1_000 }, (_, n) => encoder.encode(SUBJECT, fitting(n)))
    const copies = made.map((one) => Buffer.from(one))
    const release = encoder.hold()
    for (let n = 0; n < 50_000; n++) encoder.encode(SUBJECT, fitting(-n))
    expect(made.every((one, at) => one.equals(copies[at] ?? Buffer.alloc(0)))).toBe(true)
    release()
  })

  it('needs no registry that it does not ask for, and says so where one it needs has no subject', async () => {
    const asking = encoder.prepare('Nothing-value', never)
    if (kind.needs.includes('registry')) await expect(asking).rejects.toBeInstanceOf(Unavailable)
    else {
      await asking.catch(() => {})
      expect(registry.requests).toEqual([])
    }
  })

  it('closes, prepared or not', async () => {
    await expect(encoder.close()).resolves.toBeUndefined()
  })
})
