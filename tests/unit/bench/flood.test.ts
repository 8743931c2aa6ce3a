/** What the flood sends is what the check expects: frame by frame, with another reader of frames. */
import type { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import * as ws from 'ws'
import { frameBlock } from '../../../scripts/bench/frames.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE, shares, tradeOf, tradeText } from '../../../scripts/bench/trade.ts'

// The type declarations leave it out.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable }

async function textsIn(bytes: Buffer): Promise<string[]> {
  const receiver = new Receiver({ isServer: false, skipUTF8Validation: false })
  const texts: string[] = []
  receiver.on('message', (data: Buffer, isBinary: boolean) => texts.push(isBinary ? 'binary' : data.toString()))
  await new Promise<void>((resolve, reject) => {
    receiver.on('error', reject)
    receiver.end(bytes, () => resolve())
  })
  return texts
}

describe('the messages of the bench', () => {
  it('are JSON of 85 bytes that says what the trade is', () => {
    for (let seq = FIRST_SEQUENCE; seq < FIRST_SEQUENCE + 16; seq++) {
      const text = tradeText(FIRST_SOURCE + 7, seq)
      expect(Buffer.byteLength(text)).toBe(85)
      expect(JSON.parse(text)).toEqual(tradeOf(FIRST_SOURCE + 7, seq))
    }
  })

  it('are shared among the sources without a rest', () => {
    expect(shares(10, 3)).toEqual([4, 3, 3])
    expect(shares(8, 8)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })
})

describe('a block of frames', () => {
  it('holds the messages in order, fill after fill, whatever the counts', async () => {
    const block = frameBlock(FIRST_SOURCE + 3, 50)
    const texts: string[] = []
    let next = FIRST_SEQUENCE + 9_990
    for (const count of [50, 7, 1, 50, 13]) {
      texts.push(...(await textsIn(block.fill(next, count))))
      next += count
    }
    const wanted = Array.from({ length: 121 }, (_, at) => tradeText(FIRST_SOURCE + 3, FIRST_SEQUENCE + 9_990 + at))
    expect(texts).toEqual(wanted)
  })
})
