/** A paced flood tells the truth about when messages were due. */
import { Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { frameBlock } from '../../../scripts/bench/frames.ts'
import { drip, type Source } from '../../../scripts/bench/pace.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from '../../../scripts/bench/shapes/shape.ts'
import { until } from '../../../scripts/lib/until.ts'

/** A socket that takes a write when it is let go, and not before. */
class HeldSocket extends Socket {
  readonly taken: Buffer[] = []
  #waiting: (() => void)[] = []
  free = false

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const done = rest.at(-1) as () => void
    const take = (): void => {
      this.taken.push(Buffer.from(chunk as Buffer))
      done()
    }
    if (this.free) take()
    else this.#waiting.push(take)
    return true
  }

  letGo(): void {
    this.free = true
    for (const take of this.#waiting.splice(0)) take()
  }
}

function sourceOn(socket: Socket): Source {
  return { socket, block: frameBlock(shapes.small, FIRST_SOURCE, 100, 1e6), next: FIRST_SEQUENCE }
}

describe('a paced flood', () => {
  it('leaves a block alone that has not left, and counts what was held back from when it was due', async () => {
    const socket = new HeldSocket()
    const source = sourceOn(socket)
    const dripping = drip([source], [400], 1_000, 100)
    const began = performance.now()
    // All 400 are due after 400 ms; only what was due first may have been given to the socket.
    await until(() => performance.now() - began > 420, { what: 'all to be due', intervalMs: 5 })
    expect(source.next - FIRST_SEQUENCE).toBeLessThan(400)
    socket.letGo()
    const writes = await dripping
    const length = shapes.small.text({ source: FIRST_SOURCE, seq: FIRST_SEQUENCE }).length + 2
    const texts = Buffer.concat(socket.taken)
    const at = (index: number): string => texts.toString('latin1', index * length + 2, (index + 1) * length)
    for (let index = 0; index < 400; index++) {
      expect(at(index)).toBe(shapes.small.text({ source: FIRST_SOURCE, seq: FIRST_SEQUENCE + index }))
    }
    const [, ...late] = writes
    expect(late.every(({ count }) => count === 1)).toBe(true)
    // One per millisecond, whenever the socket took them.
    const steps = late.slice(1).map((write, index) => write.at - (late[index]?.at ?? 0))
    for (const step of steps) expect(step).toBeCloseTo(1, 3)
  })

  it('ends with a socket that is gone', async () => {
    const socket = new Socket()
    socket.destroy()
    expect(await drip([sourceOn(socket), undefined], [10, 10], 1_000, 1)).toEqual([])
  })
})
