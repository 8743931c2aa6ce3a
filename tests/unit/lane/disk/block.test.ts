/** The format of a block: what is written is read again, and nothing else is taken for it. */
import { crc32 } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { blockBytes, HEADER_BYTES, readBody, readHeader, writeBlock } from '../../../../app/lane/disk/block.ts'
import type { Message } from '../../../../app/model.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message, numbered, source } from '../../../support/messages.ts'

const SEED = 0x1234_5678
const HEADER = { first: 2 ** 40, previous: 2 ** 40 - 3, flushed: 2 ** 39 }

function written(messages: readonly Message[], before = 0, correctionMs?: number): Buffer {
  const target = Buffer.alloc(before + blockBytes(messages), 0xee)
  return target.subarray(before, writeBlock(messages, HEADER, { seed: SEED, correctionMs }, target, before))
}

/** Undefined for what is not taken. */
function read(block: Buffer, isEarlier = false, known: Parameters<typeof sourcesById>[0] = []): Message[] | undefined {
  const header = readHeader(block, 0, SEED)
  const body = block.subarray(HEADER_BYTES)
  if (header?.bodyBytes !== body.length || crc32(body, SEED) !== header.bodyCrc) return undefined
  return readBody(body, sourcesById(known), isEarlier)
}

describe('a block', () => {
  const [a, b] = [source('ws://a/ü'), source('ws://b')]
  const messages: Message[] = [
    message('first', a, 0),
    { source: b, data: Buffer.from([0, 1, 254, 255]), receivedAt: 2 ** 48 - 1, cursor: 'für später ✓' },
    { ...message('', a, 2 ** 32), cursor: '' },
    message('x'.repeat(70_000), b, 1_700_000_000_123),
  ]

  it('gives back its messages with their sources, times, bytes and cursors, wherever it stands', () => {
    for (const before of [0, 13]) expect(read(written(messages, before), false, [a, b])).toEqual(messages)
    expect(read(written([]))).toEqual([])
  })

  it('says which messages it holds, what was written before them and what was flushed', () => {
    expect(readHeader(written(messages), 0, SEED)).toMatchObject({ ...HEADER, messages: 4 })
    expect(readHeader(written(messages), 0, SEED + 1)).toBeUndefined()
  })

  it('corrects the times of an earlier process by what it knew of the broker, and only those', () => {
    const [one] = numbered(1)
    const at = one?.receivedAt ?? 0
    const off = written(numbered(1), 0, -7_200_000)
    expect(read(off, true)?.[0]).toMatchObject({ receivedAt: at - 7_200_000, isCorrected: true })
    const corrected = written(
      numbered(1).map((each) => ({ ...each, isCorrected: true })),
      0,
      -7_200_000,
    )
    expect(read(corrected, true)?.[0]).toMatchObject({ receivedAt: at, isCorrected: true })
    expect(read(written(numbered(1), 0, 0), true)?.[0]).toMatchObject({ receivedAt: at, isCorrected: true })
    for (const [block, isEarlier] of [
      [off, false],
      [written(numbered(1)), true],
    ] as const)
      expect(read(block, isEarlier)).toEqual(numbered(1))
  })

  it('has the bytes of version 2', () => {
    const bytes = written([{ ...message('hi', source('s'), 0x1_0000_0002), cursor: 'c' }], 0, 1)
    expect(bytes.toString('hex').replace(/^(.{8}).{16}/, '$1')).toBe(
      [
        '74726c62',
        '0000002b',
        '00000001',
        '0000010000000000',
        '000000fffffffffd',
        '0000008000000000',
        '02',
        '01',
        '0001',
        '3ff0000000000000',
        '00000001',
        '73',
        '0000',
        '000100000002',
        '00000002',
        '000a',
        '6869',
        '06',
        Buffer.from('cursor').toString('hex'),
        '0001',
        '63',
      ].join(''),
    )
  })

  it('is read past extras that are not known', () => {
    const body = written([{ ...message('hi', a), cursor: 'c' }]).subarray(HEADER_BYTES)
    const [extra, at] = [Buffer.from('\x04more\x00\x02xy'), body.length - 10]
    const longer = Buffer.concat([body.subarray(0, at), extra, body.subarray(at)])
    longer.writeUInt16BE(10 + extra.length, at - 4)
    expect(readBody(longer, sourcesById([a]), false)).toEqual([{ ...message('hi', a), cursor: 'c' }])
    const alone = longer.subarray(0, at + extra.length)
    alone.writeUInt16BE(extra.length, at - 4)
    expect(readBody(alone, sourcesById([a]), false)).toEqual([message('hi', a)])
  })

  it('holds as many sources as it has messages', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => message(String(i), source(`s${i}`)))
    expect(read(written(many))).toEqual(many)
  })

  it('is not taken when any one of its bytes is another, or it is cut off', () => {
    const block = written(numbered(3, source('s')))
    for (let at = 0; at < block.length; at++) {
      const damaged = Buffer.from(block)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      expect(read(damaged)).toBeUndefined()
      expect(read(block.subarray(0, at))).toBeUndefined()
    }
  })

  it('is refused when its version is not known', () => {
    const body = Buffer.from(written(numbered(3)).subarray(HEADER_BYTES))
    body[0] = 9
    expect(() => readBody(body, sourcesById(), false)).toThrow('blocks of format 9, which this version cannot read')
  })
})
