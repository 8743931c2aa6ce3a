/** The format of a block: what is written is read again, and nothing else is taken for it. */
import { crc32 } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { Unusable } from '../../../../app/errors.ts'
import { blockBytes, blockChecksum, writeBlock } from '../../../../app/lane/disk/block.ts'
import { readBlock } from '../../../../app/lane/disk/read-block.ts'
import type { Message, SourceInfo } from '../../../../app/model.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message, numbered, source } from '../../../support/messages.ts'

const FIRST = 2 ** 52 + 2 ** 31 + 7

/** As `writeBlock` writes it, with nothing to spare. */
function written(messages: readonly Message[], { first = FIRST, correctionMs = NaN, before = 0 } = {}): Buffer {
  const target = Buffer.alloc(before + blockBytes(messages), 0xee)
  const known = Number.isNaN(correctionMs) ? undefined : correctionMs
  return target.subarray(before, writeBlock({ first, messages }, known, target, before))
}

const read = (block: Buffer, known: SourceInfo[] = [], isEarlier = true) =>
  readBlock(block, 5, { sourceOf: sourcesById(known), isEarlier })

/** `block` with a blockChecksum that fits. */
function sealed(block: Buffer): Buffer {
  block.writeUInt32BE(blockChecksum(block), 4)
  return block
}

/** An extra as a later version may write it. */
const extra = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([0, value.length]), Buffer.from(value)])

describe('a block', () => {
  const [a, b] = [source('ws://a/ü'), source('ws://b')]
  const messages: Message[] = [
    message('first', a, 0),
    { source: b, data: Buffer.from([0, 1, 254, 255]), receivedAt: 2 ** 48 - 1, cursor: 'für später ✓' },
    message('', a, 2 ** 32),
    message('x'.repeat(70_000), b, 1_700_000_000_123),
    { ...message('y', b), cursor: '' },
    { ...message('z', b), cursor: '€'.repeat(341), isCorrected: true },
  ]

  it('gives back its messages with their numbers, sources, times, bytes and cursors, wherever it stands', () => {
    for (const before of [0, 13]) {
      expect(read(written(messages, { before }), [a, b])).toEqual({ first: FIRST, messages })
    }
    expect(read(written([], { first: 1 }))).toEqual({ first: 1, messages: [] })
  })

  it('has the bytes of version 2', () => {
    const one = { ...message('hi', source('s'), 0x1_0000_0002), cursor: 'c' }
    expect(written([one], { first: 0x3_0000_0004, correctionMs: -2 }).toString('hex')).toBe(
      [
        '02 00 0001',
        '3b70899e',
        '00000001',
        '0000000300000004',
        '0015 0a 636f7272656374696f6e 0008 c000000000000000',
        '00000001 73',
        '0000 000100000002 00000002 000a',
        '6869',
        '06 637572736f72 0001 63',
      ]
        .join('')
        .replaceAll(' ', ''),
    )
  })

  it('corrects receive times by what the process that wrote it knew, once, and not those that came corrected', () => {
    const [plain, corrected] = [message('p', a, 1_000), { ...message('c', a, 2_000), isCorrected: true, cursor: 'c' }]
    const of = (correctionMs: number, isEarlier: boolean) =>
      read(written([plain, corrected], { correctionMs }), [a], isEarlier).messages
    expect(of(-7_200_000, true)).toEqual([{ ...plain, receivedAt: 1_000 - 7_200_000, isCorrected: true }, corrected])
    expect(of(0, true)).toEqual([{ ...plain, isCorrected: true }, corrected])
    expect(of(Number.NaN, true)).toEqual([plain, corrected])
    // The clock of this process may know more by now.
    expect(of(-7_200_000, false)).toEqual([plain, corrected])
  })

  it('is read though it has extras of names that are not known', () => {
    const block = written([{ ...message('hi', a), cursor: 'c' }, message('ho', a)], { correctionMs: 5 })
    const [later, empty] = [extra('later', 'something'), extra('x', '')]
    const cursor = block.indexOf('\x06cursor')
    const made = Buffer.concat([
      block.subarray(0, 22),
      later,
      block.subarray(22, cursor),
      empty,
      extra('cursor', 'c'),
      later,
      block.subarray(cursor + 10),
    ])
    made.writeUInt16BE(block.readUInt16BE(20) + later.length, 20)
    const length = cursor - 2 - 2 + later.length
    made.writeUInt16BE(10 + later.length + empty.length, length)
    expect(read(sealed(made), [a]).messages).toEqual(
      [
        { ...message('hi', a, 1_700_000_000_005), cursor: 'c', isCorrected: true },
        message('ho', a, 1_700_000_000_005),
      ].map((one) => ({ ...one, isCorrected: true })),
    )
  })

  it('leaves a cursor out that is too long, and nothing else of its message', () => {
    const long = { ...message('hi', a), cursor: '€'.repeat(342) }
    expect(read(written([long, message('ho', a)]), [a]).messages).toEqual([message('hi', a), message('ho', a)])
    expect(read(written([{ ...long, cursor: 'x'.repeat(100_000) }]), [a]).messages).toEqual([message('hi', a)])
  })

  it('holds as many sources as it has messages', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => message(String(i), source(`s${i}`)))
    expect(read(written(many)).messages).toEqual(many)
  })

  it('is not taken when any one of its bytes is another', () => {
    const block = written([...numbered(3, source('s')), { ...message('c'), cursor: 'c' }], { correctionMs: 1 })
    for (let at = 0; at < block.length; at++) {
      const damaged = Buffer.from(block)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      expect(() => read(damaged)).toThrow(Unusable)
    }
  })

  it('is not taken when an extra does not end where it should, though its checksum fits', () => {
    const block = written([{ ...message('hi', a), cursor: 'abc' }])
    const at = block.indexOf('\x06cursor')
    for (const [place, byte] of [
      [at, 9],
      [at, 200],
      [at + 8, 4],
      [at + 7, 1],
    ] as const) {
      const damaged = Buffer.from(block)
      damaged[place] = byte
      expect(() => read(sealed(damaged))).toThrow(Unusable)
    }
  })

  it('is not taken when it is cut off, empty or of a version that is not known', () => {
    const block = written(numbered(3))
    for (let end = 0; end < block.length; end++) {
      expect(() => read(block.subarray(0, end))).toThrow(Unusable)
    }
    expect(() => read(Buffer.concat([Buffer.from([3]), block.subarray(1)]))).toThrow(
      'it holds blocks of format 3, which this version cannot read',
    )
  })
})

describe('a block of version 1', () => {
  /** `hi` of source `s`, with a cursor. */
  function old(cursor = ''): Buffer {
    const body = `00000001 00000001 73 0000 000100000002 00000002 ${Buffer.from([0, cursor.length]).toString('hex')} 6869`
    const bytes = Buffer.concat([Buffer.from(body.replaceAll(' ', ''), 'hex'), Buffer.from(cursor)])
    const head = Buffer.from('0100000100000000', 'hex')
    head.writeUInt32BE(crc32(bytes), 4)
    return Buffer.concat([head, bytes])
  }

  it('is read, and numbered by its key', () => {
    expect(old().toString('hex', 0, 8)).toBe('010000013671d369')
    const hi = message('hi', source('s'), 0x1_0000_0002)
    expect(read(old())).toEqual({ first: 5 * 65_536, messages: [hi] })
    expect(read(old('c✓'.slice(0, 1)))).toEqual({ first: 5 * 65_536, messages: [{ ...hi, cursor: 'c' }] })
  })

  it('is not taken when it is damaged', () => {
    const block = old('c')
    for (let end = 0; end < block.length; end++) expect(() => read(block.subarray(0, end))).toThrow(Unusable)
    // Nothing guards its second byte and the number of its sources.
    for (let at = 4; at < block.length; at++) {
      const damaged = Buffer.from(block)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      expect(() => read(damaged)).toThrow(Unusable)
    }
  })
})
