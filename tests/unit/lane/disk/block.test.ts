/** The format of a block: what is written is read again, and nothing else is taken for it. */
import { describe, expect, it } from '@jest/globals'
import { Unusable } from '../../../../app/errors.ts'
import { blockBytes, readBlock, writeBlock } from '../../../../app/lane/disk/block.ts'
import type { Message } from '../../../../app/model.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message, numbered, source } from '../../../support/messages.ts'

function written(messages: readonly Message[], before = 0): Buffer {
  const target = Buffer.alloc(before + blockBytes(messages), 0xee)
  return target.subarray(before, writeBlock(messages, target, before))
}

describe('a block', () => {
  const [a, b] = [source('ws://a/ü'), source('ws://b')]
  const messages: Message[] = [
    message('first', a, 0),
    { source: b, data: Buffer.from([0, 1, 254, 255]), receivedAt: 2 ** 48 - 1, cursor: 'für später ✓' },
    message('', a, 2 ** 32),
    message('x'.repeat(70_000), b, 1_700_000_000_123),
  ]

  it('gives back its messages with their sources, times, bytes and cursors, wherever it stands', () => {
    for (const before of [0, 13]) expect(readBlock(written(messages, before), sourcesById([a, b]))).toEqual(messages)
    expect(readBlock(written([]), sourcesById())).toEqual([])
  })

  it('has the bytes of version 1', () => {
    expect(written([message('hi', source('s'), 0x1_0000_0002)]).toString('hex')).toBe(
      [
        '01',
        '00',
        '0001',
        '3671d369',
        '00000001',
        '00000001',
        '73',
        '0000',
        '000100000002',
        '00000002',
        '0000',
        '6869',
      ].join(''),
    )
  })

  it('holds as many sources as it has messages', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => message(String(i), source(`s${i}`)))
    expect(readBlock(written(many), sourcesById())).toEqual(many)
  })

  it('is not taken when any one of its bytes is another', () => {
    const block = written(numbered(3, source('s')))
    for (let at = 0; at < block.length; at++) {
      const damaged = Buffer.from(block)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      // Byte 1 is reserved: a later version may use it.
      if (at === 1 || at === 2 || at === 3) continue
      expect(() => readBlock(damaged, sourcesById())).toThrow(Unusable)
    }
  })

  it('is not taken when it is cut off, empty or of a version that is not known', () => {
    const block = written(numbered(3))
    for (let end = 0; end < block.length; end++) {
      expect(() => readBlock(block.subarray(0, end), sourcesById())).toThrow(Unusable)
    }
    expect(() => readBlock(Buffer.concat([Buffer.from([2]), block.subarray(1)]), sourcesById())).toThrow(
      'it holds blocks of format 2, which this version cannot read',
    )
  })
})
