/** What every parser of the registry keeps: any bytes end in documents or in `Rejected`, nothing is changed or quoted. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../app/errors.ts'
import type { Message, Parser } from '../../app/model.ts'
import { parsers } from '../../app/parse/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { kindValues } from '../support/kind-values.ts'

const message = (data: Buffer): Message => ({
  source: { feed: 'f', id: 'ws://h/', shown: 'ws://h/', hash: 1 },
  data,
  receivedAt: 0,
})
const MARK = 'qzmarkqz'

/** Bytes of every kind: random, JSON cut or damaged anywhere, and the edges. */
function hostile(): Buffer[] {
  const good = Buffer.from(`{"a":[1,{"b":"é😀"}],"c":"${MARK}","__proto__":{"d":1e400}}`)
  const random = Array.from({ length: 200 }, (_, i) =>
    createHash('sha512')
      .update(`${i}`)
      .digest()
      .subarray(0, i % 64),
  )
  const cut = Array.from({ length: good.length }, (_, i) => good.subarray(0, i))
  const damaged = Array.from({ length: good.length * 2 }, (_, i) => {
    const copy = Buffer.from(good)
    copy[i % good.length] = i < good.length ? 0xff : 0x22
    return copy
  })
  const edges = [
    '',
    ' ',
    '\0',
    'null',
    '[]',
    '{}',
    '"',
    '-',
    '1e999',
    `"${MARK}"`,
    `{${MARK}`,
    '['.repeat(1e5),
    '{"a":'.repeat(1e5),
  ]
  return [...random, ...cut, ...damaged, ...edges.map((text) => Buffer.from(text)), Buffer.alloc(1e6, 0x5b)]
}

describe.each(Object.entries(parsers))('the parser %s', (name, kind) => {
  const make = async (): Promise<Parser> =>
    (await loadKind(parsers, name))(kindValues(kind.settings), { feed: 'f', maxDocuments: 10_000 })

  it('has a line of help', () => expect(kind.help).toMatch(/^\S.*\S$/))

  it('makes a document of anything, or refuses it', async () => {
    const parse = await make()
    let refused = 0
    for (const data of hostile()) {
      const before = Buffer.from(data)
      try {
        const found = parse(message(data))
        expect(typeof found === 'object' && found !== null).toBe(true)
      } catch (error) {
        refused++
        expect(error).toBeInstanceOf(Rejected)
        const { message: text, path, cause } = error as Rejected
        expect(`${text} ${path} ${String(cause)}`).not.toContain(MARK)
        expect(text.length).toBeLessThan(300)
      }
      expect(data.equals(before)).toBe(true)
    }
    expect(refused).toBeGreaterThan(100)
  })

  it('leaves the prototype of every object alone', async () => {
    const parse = await make()
    parse(message(Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')))
    expect('polluted' in {}).toBe(false)
  })

  it('gives the same for the same bytes, whatever came between', async () => {
    const parse = await make()
    const text = Buffer.from('{"a":{"b":[1,"x"]}}')
    const first = parse(message(text))
    for (const data of hostile().slice(0, 50)) {
      try {
        parse(message(data))
      } catch {}
    }
    expect(parse(message(text))).toEqual(first)
  })
})
