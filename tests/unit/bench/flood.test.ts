/** What the flood sends is what the check expects: frame by frame, with another reader of frames. */
import type { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import * as ws from 'ws'
import { startFlood } from '../../../scripts/bench/flood-process.ts'
import { frameBlock } from '../../../scripts/bench/frames.ts'
import type { Write } from '../../../scripts/bench/pace.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from '../../../scripts/bench/shapes/shape.ts'
import { until } from '../../../scripts/lib/until.ts'

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

describe.each(Object.entries(shapes))('a block of frames of the shape %s', (_name, shape) => {
  it('holds the messages in order, fill after fill, whatever the counts', async () => {
    const source = FIRST_SOURCE + 3
    const block = frameBlock(shape, source, 50, 1e6)
    const texts: string[] = []
    let next = FIRST_SEQUENCE + 9_990
    for (const count of [50, 7, 1, 50, 13]) {
      texts.push(...(await textsIn(block.fill(next, count))))
      next += count
    }
    const wanted = Array.from({ length: 121 }, (_, at) => shape.text({ source, seq: FIRST_SEQUENCE + 9_990 + at }))
    expect(texts).toEqual(wanted)
  })

  it('is no larger than it may be, and holds one at least', () => {
    expect(frameBlock(shape, FIRST_SOURCE, 50, 1).capacity).toBe(1)
    expect(frameBlock(shape, FIRST_SOURCE, 50, 1e6).capacity).toBe(50)
    const bytes = frameBlock(shape, FIRST_SOURCE, 1_000, 10_000)
    expect(bytes.fill(FIRST_SEQUENCE, bytes.capacity).length).toBeLessThanOrEqual(10_000)
  })
})

describe('the flood', () => {
  it.each([
    ['as fast as it can', undefined],
    ['at a rate', 20_000],
  ])('sends each source its messages in order %s, and tells of paced writes', async (_how, rate) => {
    const flood = await startFlood('coerced', 2)
    const sockets = flood.urls.map((url) => new ws.WebSocket(url, { perMessageDeflate: false }))
    try {
      const texts = sockets.map(() => [] as string[])
      for (const [at, socket] of sockets.entries()) socket.on('message', (data) => texts[at]?.push(String(data)))
      await flood.open()
      const writes = [
        ...(await flood.send({ send: [30, 20], rate })),
        ...(await flood.send({ send: [3, 4], rate, onePerWrite: true })),
      ]
      await until(() => texts.flat().length >= 57, { what: 'all messages' })
      const wanted = [33, 24].map((count, source) =>
        Array.from({ length: count }, (_, at) =>
          shapes.coerced.text({ source: FIRST_SOURCE + source, seq: FIRST_SEQUENCE + at }),
        ),
      )
      expect(texts).toEqual(wanted)
      expect(told(writes)).toEqual(rate === undefined ? [] : [...sequences(0, 33), ...sequences(1, 24)])
    } finally {
      for (const socket of sockets) socket.terminate()
      await flood.stop()
    }
  })
})

function sequences(source: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${source}/${FIRST_SEQUENCE + at}`)
}

function told(writes: readonly Write[]): string[] {
  const each = ({ source, first, count }: Write): string[] =>
    Array.from({ length: count }, (_, at) => `${source}/${first + at}`)
  return writes.flatMap(each).sort()
}
