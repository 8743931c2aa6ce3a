/** When a message was received, by the broker's clock, also of one that outlives its process. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Clock, steadyNow } from '../../app/lib/clock.ts'
import type { Lane } from '../../app/model.ts'
import { type Bench, laneBench, readAll } from '../support/lanes.ts'
import { message, numbered } from '../support/messages.ts'

const HOUR = 3_600_000
const AT = 1_700_000_000_000

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

/** A clock that has seen the broker's; `undefined`: nobody's. */
function clockThatIs(offsetMs: number | undefined): Clock {
  const clock = new Clock()
  const now = steadyNow()
  if (offsetMs !== undefined) clock.saw('broker', [now + offsetMs, now + offsetMs], [now, now])
  return clock
}

const open = (clock: Clock): Promise<Lane> =>
  bench.open('disk', { correctionMs: () => (clock.isKnown ? clock.correctionMs : undefined) })

describe('a lane on disk', () => {
  it.each([
    ['is corrected by what was known when it was kept', -2 * HOUR, 0, -2 * HOUR],
    ['is corrected once', -2 * HOUR, -2 * HOUR, -2 * HOUR],
    ['is not corrected by what another process knows', 0, 3 * HOUR, 0],
    ['is corrected by what is known later where nothing was', undefined, 3 * HOUR, 3 * HOUR],
  ])('hands on a message whose receive time %s', async (_, before, after, expected) => {
    const lane = await open(clockThatIs(before))
    await lane.append(numbered(1))
    await lane.close()
    const clock = clockThatIs(after)
    const [read] = await readAll(await open(clock), 1)
    expect(read && clock.receivedAt(read)).toBe(AT + expected)
  })

  it('hands on what came corrected as it came, at this start and the next', async () => {
    const corrected = { ...message('c'), isCorrected: true }
    const lane = await open(clockThatIs(HOUR))
    await lane.append([corrected, message('p')])
    await lane.close()
    for (const offset of [HOUR, 2 * HOUR]) {
      const clock = clockThatIs(offset)
      const again = await open(clock)
      for await (const { messages } of again.read(new AbortController().signal)) {
        expect(messages.map((one) => clock.receivedAt(one))).toEqual([AT, AT + HOUR])
        break
      }
      await again.close()
    }
  })

  it('corrects what it reads back in the same process by what is known then', async () => {
    const large = Array.from({ length: 40 }, (_, i) => message(String(i).padEnd(1_000_000)))
    const clock = clockThatIs(HOUR)
    const lane = await bench.open('disk', { laneMaxBytes: 10 ** 9, correctionMs: () => clock.correctionMs })
    await lane.append(large)
    clock.saw('broker', [steadyNow() + 2 * HOUR, steadyNow() + 2 * HOUR], [steadyNow(), steadyNow()])
    const times = (await readAll(lane, 40)).map((one) => clock.receivedAt(one) - AT)
    expect(times.filter((time) => Math.abs(time - 2 * HOUR) > 1_000)).toEqual([])
  })
})
