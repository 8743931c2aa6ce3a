/** What a silence limit learns from rhythms as upstreams have them. */
import { describe, expect, it } from '@jest/globals'
import { LearnedSilence } from '../../../app/dial/learned-silence.ts'

const FLOOR = 5_000
const CEILING = 600_000

/** Plays pauses in milliseconds on one connection; answers which of them were longer than the limit allowed. */
function play(learned: LearnedSilence, pauses: readonly number[], from = 1_000): { cut: number[]; now: number } {
  let now = from
  const cut: number[] = []
  learned.opened()
  learned.heard(now, 0)
  for (const pause of pauses) {
    if (pause > learned.limitMs) cut.push(pause)
    now += pause
    learned.heard(now, pause)
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
    const learned = new LearnedSilence()
    expect(learned.limitMs).toBe(CEILING)
    play(learned, repeat([100], 150))
    expect(learned.limitMs).toBe(CEILING)
    play(learned, repeat([100], 100))
    expect(learned.limitMs).toBeLessThan(CEILING)
  })

  it('is the floor for a busy source, however busy', () => {
    for (const pause of [0.1, 50, 400]) {
      const learned = new LearnedSilence()
      expect(play(learned, repeat([pause], Math.ceil(60_000 / pause))).cut).toEqual([])
      expect(learned.limitMs).toBe(FLOOR)
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
    expect(play(new LearnedSilence(), pauses).cut).toEqual([])
  })

  it('follows a source that becomes quieter, and one that becomes busier', () => {
    const learned = new LearnedSilence()
    play(learned, repeat([20_000], 50))
    const quiet = learned.limitMs
    expect(quiet).toBeGreaterThan(40_000)
    play(learned, repeat([100], 5_000))
    expect(learned.limitMs).toBe(FLOOR)
    play(learned, repeat([4_000], 100))
    expect(learned.limitMs).toBeGreaterThan(8_000)
  })

  it('grows with each silence that was one, up to the ceiling, and shrinks again while what comes goes on', () => {
    const learned = new LearnedSilence()
    play(learned, repeat([100], 1_000))
    let last = learned.limitMs
    expect(last).toBe(FLOOR)
    for (let redial = 0; redial < 20; redial++) {
      learned.silent()
      expect(learned.limitMs).toBeGreaterThanOrEqual(Math.min(CEILING, 2 * last))
      last = learned.limitMs
      // A greeting with what belongs to it is not a sign of life.
      play(learned, [5, 5, 5])
      expect(learned.limitMs).toBe(last)
    }
    expect(last).toBe(CEILING)
    play(learned, repeat([100], 20_000))
    expect(learned.limitMs).toBe(FLOOR)
  })

  it('does not take the time between connections for a pause', () => {
    const learned = new LearnedSilence()
    const { now } = play(learned, repeat([100], 1_000))
    learned.opened()
    learned.heard(now + 3_000_000, 3_000_000)
    learned.heard(now + 3_001_500, 1_500)
    expect(learned.limitMs).toBeLessThan(4 * FLOOR)
  })

  it('learns from limits that were too short: a minute of noise and two of quiet are cut less than every other time', () => {
    const learned = new LearnedSilence()
    play(learned, repeat([100], 1_000))
    let cuts = 0
    // Busy for a minute, then quiet for two: what is cut is seen as a silence, the connection after it begins a new minute.
    for (let cycle = 0; cycle < 200; cycle++) {
      const { now } = play(learned, repeat([100], 600), cycle * 1e9)
      if (learned.limitMs < 120_000) {
        learned.silent()
        cuts++
      } else learned.heard(now + 120_000, 120_000)
    }
    expect(cuts).toBeLessThan(100)
  })
})
