/** What a silence limit learns from rhythms as upstreams have them. */
import { describe, expect, it } from '@jest/globals'
import { Rhythm } from '../../../app/dial/rhythm.ts'

const FLOOR = 5_000
const CEILING = 600_000

/** Plays pauses in milliseconds on one connection; answers which of them were longer than the limit allowed. */
function play(rhythm: Rhythm, pauses: readonly number[], from = 1_000): { cut: number[]; now: number } {
  let now = from
  const cut: number[] = []
  rhythm.opened()
  rhythm.heard(now, 0)
  for (const pause of pauses) {
    if (pause > rhythm.limitMs) cut.push(pause)
    now += pause
    rhythm.heard(now, pause)
  }
  return { cut, now }
}

const repeat = (pauses: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => pauses).flat()

/** Pauses of a Poisson process, the same at every run. */
function exponential(meanMs: number, count: number): number[] {
  let seed = 42
  return Array.from({ length: count }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return -Math.log(1 - seed / 2 ** 31) * meanMs
  })
}

describe('a learned silence limit', () => {
  it('is the ceiling as long as little is known', () => {
    const rhythm = new Rhythm()
    expect(rhythm.limitMs).toBe(CEILING)
    play(rhythm, repeat([100], 150))
    expect(rhythm.limitMs).toBe(CEILING)
    play(rhythm, repeat([100], 100))
    expect(rhythm.limitMs).toBeLessThan(CEILING)
  })

  it('is the floor for a busy source, however busy', () => {
    for (const pause of [0.1, 50, 400]) {
      const rhythm = new Rhythm()
      expect(play(rhythm, repeat([pause], Math.ceil(60_000 / pause))).cut).toEqual([])
      expect(rhythm.limitMs).toBe(FLOOR)
    }
  })

  it.each([
    ['one message every 30 s', repeat([30_000], 300)],
    ['100 messages in 10 ms, then nothing for 30 s', repeat([...repeat([0.1], 100), 30_000], 300)],
    ['10 s of ten a second, then nothing for a minute', repeat([...repeat([100], 100), 60_000], 300)],
    ['one message every 10 s, by chance', exponential(10_000, 5_000)],
    ['one message a second, by chance', exponential(1_000, 20_000)],
    ['bursts every 20 s, by chance', exponential(20_000, 2_000).flatMap((pause) => [pause, 10, 10, 10])],
  ])('leaves %s alone', (_, pauses) => {
    expect(play(new Rhythm(), pauses).cut).toEqual([])
  })

  it('follows a source that becomes quieter, and one that becomes busier', () => {
    const rhythm = new Rhythm()
    play(rhythm, repeat([20_000], 50))
    const quiet = rhythm.limitMs
    expect(quiet).toBeGreaterThan(40_000)
    play(rhythm, repeat([100], 5_000))
    expect(rhythm.limitMs).toBe(FLOOR)
    play(rhythm, repeat([4_000], 100))
    expect(rhythm.limitMs).toBeGreaterThan(8_000)
  })

  it('grows with each silence that was one, up to the ceiling, and shrinks again while what comes goes on', () => {
    const rhythm = new Rhythm()
    play(rhythm, repeat([100], 1_000))
    let last = rhythm.limitMs
    expect(last).toBe(FLOOR)
    for (let redial = 0; redial < 20; redial++) {
      rhythm.silent()
      expect(rhythm.limitMs).toBeGreaterThanOrEqual(Math.min(CEILING, 2 * last))
      last = rhythm.limitMs
      // A greeting with what belongs to it is not a sign of life.
      play(rhythm, [5, 5, 5])
      expect(rhythm.limitMs).toBe(last)
    }
    expect(last).toBe(CEILING)
    play(rhythm, repeat([100], 20_000))
    expect(rhythm.limitMs).toBe(FLOOR)
  })

  it('does not take the time between connections for a pause', () => {
    const rhythm = new Rhythm()
    const { now } = play(rhythm, repeat([100], 1_000))
    rhythm.opened()
    rhythm.heard(now + 3_000_000, 3_000_000)
    rhythm.heard(now + 3_001_500, 1_500)
    expect(rhythm.limitMs).toBeLessThan(4 * FLOOR)
  })

  it('learns from limits that were too short: a minute of noise and two of quiet are cut less than every other time', () => {
    const rhythm = new Rhythm()
    play(rhythm, repeat([100], 1_000))
    let cuts = 0
    // Busy for a minute, then quiet for two: what is cut is seen as a silence, the connection after it begins a new minute.
    for (let cycle = 0; cycle < 200; cycle++) {
      const { now } = play(rhythm, repeat([100], 600), cycle * 1e9)
      if (rhythm.limitMs < 120_000) {
        rhythm.silent()
        cuts++
      } else rhythm.heard(now + 120_000, 120_000)
    }
    expect(cuts).toBeLessThan(100)
  })
})
