/** Looking at a peer only after its answers have been read. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { checkEvery } from '../../../app/dial/shared-timer.ts'
import { startRawUpstream } from '../../support/upstream-raw.ts'

describe('checkEvery', () => {
  it('looks after the sockets were read, so that an answer which came while we were busy counts', async () => {
    await using upstream = await startRawUpstream(() => undefined)
    const client = connect(upstream.port, '127.0.0.1')
    client.resume()
    client.write('GET / HTTP/1.1\r\n\r\n')
    await once(client, 'connect')
    while (!upstream.sockets[0]) await new Promise(setImmediate)
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      const stop = checkEvery(50, () => {
        seen.push(client.bytesRead)
        stop()
        resolve()
      })
      upstream.sockets[0]?.write('pong')
      // Busy until well past the look: its timer is due before the socket is read.
      const until = performance.now() + 150
      while (performance.now() < until);
    })
    client.destroy()
    expect(seen).toEqual([4])
  })
})

describe('checkEvery with many peers', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('takes one timer for all, and looks at each once a period', () => {
    const looks = Array.from({ length: 1_000 }, () => 0)
    const stops = looks.map((_, at) => checkEvery(7_500, () => looks.splice(at, 1, (looks[at] ?? 0) + 1)))
    expect(jest.getTimerCount()).toBe(1)
    jest.advanceTimersByTime(30_001)
    expect(new Set(looks)).toEqual(new Set([4]))
    for (const stop of stops) stop()
    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not look at all who came at different times in the same moment', () => {
    const at: number[] = []
    const stops: (() => void)[] = []
    for (let each = 0; each < 5; each++) {
      stops.push(checkEvery(7_500, () => at.push(performance.now())))
      jest.advanceTimersByTime(1_500)
    }
    jest.advanceTimersByTime(7_500)
    expect(new Set(at.slice(-5)).size).toBe(5)
    for (const stop of stops) stop()
  })

  it('tells everyone, whenever their turn is, that we stood still', () => {
    const stalled: boolean[][] = [[], []]
    const first = checkEvery(1_000, (was) => stalled[0]?.push(was))
    jest.advanceTimersByTime(500)
    const second = checkEvery(1_000, (was) => stalled[1]?.push(was))
    jest.advanceTimersByTime(2_000)
    const now = performance.now.bind(performance)
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 60_000)
    jest.advanceTimersByTime(2_000)
    expect(stalled.map((seen) => seen.filter(Boolean).length)).toEqual([1, 1])
    clock.mockRestore()
    first()
    second()
  })
})
