/** Who is dead and who is silent, on a clock of the test's own. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { heartbeat } from '../../../app/dial/heartbeat.ts'
import { fixedLimit } from '../../../app/dial/learned-silence.ts'
import { silence } from '../../../app/dial/silence.ts'

/** What was started shares timers with what is started next. */
const running: { stop(): void }[] = []
function toStop<T extends { stop(): void }>(one: T): T {
  running.push(one)
  return one
}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  for (const one of running.splice(0)) one.stop()
  jest.useRealTimers()
})

/** Lets `ms` pass while the event loop turns. */
const pass = (ms: number): void => jest.advanceTimersByTime(ms)

/** Lets `ms` pass while the process stands still: the next timer fires that much too late. */
function standStill(ms: number): void {
  jest.setSystemTime(Date.now() + ms)
  const now = performance.now.bind(performance)
  jest.spyOn(performance, 'now').mockImplementation(() => now() + ms)
}

describe('heartbeat', () => {
  const peer = { bytes: 0, paused: false, pings: 0, dead: 0, answers: true }
  const start = () =>
    toStop(
      heartbeat(1_000, {
        bytesRead: () => peer.bytes,
        isPaused: () => peer.paused,
        ping: () => {
          peer.pings += 1
          if (peer.answers) peer.bytes += 2
        },
        dead: () => {
          peer.dead += 1
        },
      }),
    )

  beforeEach(() => {
    Object.assign(peer, { bytes: 0, paused: false, pings: 0, dead: 0, answers: true })
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  it('pings once an interval and lets those live who answer', () => {
    start()
    pass(10_100)
    expect(peer).toMatchObject({ pings: 10, dead: 0 })
  })

  it('finds a peer dead one interval after the first ping without an answer, not sooner', () => {
    start()
    pass(5_100)
    peer.answers = false
    pass(1_800)
    expect(peer).toMatchObject({ pings: 6, dead: 0 })
    pass(200)
    expect(peer.dead).toBe(1)
  })

  it('takes any traffic for life', () => {
    peer.answers = false
    start()
    for (let i = 0; i < 20; i++) {
      peer.bytes += 1
      pass(900)
    }
    expect(peer.dead).toBe(0)
  })

  it('neither pings nor judges while we paused the socket, and then gives a full new deadline', () => {
    peer.answers = false
    const beat = start()
    pass(1_900)
    peer.paused = true
    pass(60_000)
    expect(peer).toMatchObject({ pings: 1, dead: 0 })
    peer.paused = false
    beat.resumed()
    pass(1_000)
    expect(peer).toMatchObject({ pings: 2, dead: 0 })
    pass(200)
    expect(peer.dead).toBe(1)
  })

  it('forgets an unanswered ping at a short pause between two looks', () => {
    peer.answers = false
    const beat = start()
    pass(1_900)
    beat.resumed()
    pass(900)
    expect(peer.dead).toBe(0)
    pass(1_000)
    expect(peer.dead).toBe(1)
  })

  it('gives a full new deadline after we stood still ourselves', () => {
    peer.answers = false
    start()
    pass(1_900)
    standStill(100_000)
    pass(900)
    expect(peer.dead).toBe(0)
    pass(1_000)
    expect(peer.dead).toBe(1)
  })

  it('stops', () => {
    start().stop()
    pass(10_000)
    expect(peer.pings).toBe(0)
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('silence', () => {
  const limit = fixedLimit(10_000)
  const start = (...args: Parameters<typeof silence>) => toStop(silence(...args))

  afterEach(() => {
    jest.restoreAllMocks()
  })

  it('is called after the limit, at most a tenth late, and not before', () => {
    let silent = 0
    const quiet = start(
      limit,
      () => false,
      () => silent++,
    )
    pass(8_500)
    quiet.heard()
    pass(9_900)
    expect(silent).toBe(0)
    pass(1_200)
    expect(silent).toBe(1)
    quiet.stop()
    expect(jest.getTimerCount()).toBe(0)
  })

  it('does not count the time in which we held the upstream up', () => {
    let held = true
    let silent = 0
    start(
      limit,
      () => held,
      () => silent++,
    )
    pass(100_000)
    held = false
    pass(8_900)
    expect(silent).toBe(0)
    pass(2_200)
    expect(silent).toBeGreaterThan(0)
  })

  it('does not count the time in which we stood still', () => {
    let silent = 0
    start(
      limit,
      () => false,
      () => silent++,
    )
    pass(8_500)
    standStill(60_000)
    pass(9_400)
    expect(silent).toBe(0)
    pass(3_000)
    expect(silent).toBeGreaterThan(0)
  })
})
