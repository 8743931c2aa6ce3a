/** Rounds to figures: medians of each contender, and ratios within rounds. */
import type { Faults } from './check.ts'
import type { Latency } from './latency.ts'
import type { Overload } from './overload.ts'
import type { Result } from './round.ts'

/** One contender over all rounds: medians, and the sums of faults. */
export interface Summary extends Faults {
  readonly contender: string
  readonly recordsPerSecond: number
  readonly slowest: number
  readonly fastest: number
  readonly cpuUs: number
  readonly brokerCpuUs: number
  readonly floodCpuUs: number
  /** The most of all rounds. */
  readonly peakRssBytes: number
  readonly storedBytes: number
  /** Medians, and the most of all rounds; undefined without a rate. */
  readonly latency: Latency | undefined
  /** The most of all rounds; undefined where nobody watched. */
  readonly overload: Overload | undefined
}

/** A figure of a round that can be compared. */
export type Figure = 'recordsPerSecond' | 'cpuUs'

/** Summaries in the order in which the contenders first ran. */
export function summarise(results: readonly Result[]): Summary[] {
  return [...Map.groupBy(results, ({ contender }) => contender)].map(([contender, rounds]) => {
    const all = (of: (result: Result) => number): number[] => rounds.map(of)
    const total = (of: (faults: Faults) => number): number => all(({ faults }) => of(faults)).reduce((a, b) => a + b, 0)
    const speeds = all((result) => result.recordsPerSecond)
    return {
      contender,
      recordsPerSecond: median(speeds),
      slowest: Math.min(...speeds),
      fastest: Math.max(...speeds),
      cpuUs: median(all((result) => result.cpuUs)),
      brokerCpuUs: median(all((result) => result.brokerCpuUs)),
      floodCpuUs: median(all((result) => result.floodCpuUs)),
      peakRssBytes: Math.max(...all((result) => result.peakRssBytes)),
      storedBytes: median(all((result) => result.storedBytes)),
      latency: latencyOf(rounds.flatMap(({ latency }) => latency ?? [])),
      overload: overloadOf(rounds.flatMap(({ overload }) => overload ?? [])),
      lost: total((faults) => faults.lost),
      duplicated: total((faults) => faults.duplicated),
      outOfOrder: total((faults) => faults.outOfOrder),
      different: total((faults) => faults.different),
    }
  })
}

function overloadOf(rounds: readonly Overload[]): Overload | undefined {
  if (rounds.length === 0) return undefined
  return {
    loopP99Ms: Math.max(...rounds.map(({ loopP99Ms }) => loopP99Ms)),
    healthP99Ms: Math.max(...rounds.map(({ healthP99Ms }) => healthP99Ms)),
    rssGrowth: Math.max(...rounds.map(({ rssGrowth }) => rssGrowth)),
  }
}

function latencyOf(rounds: readonly Latency[]): Latency | undefined {
  if (rounds.length === 0) return undefined
  return {
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    max: Math.max(...rounds.map(({ max }) => max)),
  }
}

/** The median over rounds of how many times the figure of `rival` in the same round `contender` had; undefined when one did not run. */
export function ratio(
  results: readonly Result[],
  contender: string,
  rival: string,
  figure: Figure = 'recordsPerSecond',
): number | undefined {
  const figures = (name: string): number[] =>
    results.filter((result) => result.contender === name).map((result) => result[figure])
  const [own, other] = [figures(contender), figures(rival)]
  return own.length > 0 && other.length === own.length
    ? median(own.map((value, at) => value / (other[at] as number)))
    : undefined
}

/** The middle value; of an even number the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  if (Number.isInteger(half)) return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
  return sorted[Math.floor(half)] ?? Number.NaN
}
