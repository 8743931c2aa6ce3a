/** Rates and quantiles over the last seconds. */
import type { FeedSample, Sample } from './metrics.ts'

/** One row of the table. Rates per second, durations in milliseconds; undefined where nothing was delivered lately. */
export interface Row {
  readonly feed: string
  readonly open: number
  readonly sources: number
  readonly messageRate: number
  readonly recordRate: number
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly held: number
  readonly refused: number
}

const WINDOW_MS = 5_000

/** The samples of the last five seconds. */
export class Window {
  #samples: Sample[] = []

  add(sample: Sample): void {
    this.#samples = [...this.#samples.filter(({ at }) => sample.at - at <= WINDOW_MS + 500), sample]
  }

  /** The row of `feed`; all zero before the first sample. */
  row(feed: string): Row {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    const now = last?.feeds.get(feed)
    const before = first?.feeds.get(feed)
    const seconds = first && last ? (last.at - first.at) / 1000 : 0
    const rate = (what: 'received' | 'produced'): number =>
      now && before && seconds > 0 ? (now[what] - before[what]) / seconds : 0
    return {
      feed,
      open: now?.open ?? 0,
      sources: now?.sources ?? 0,
      messageRate: rate('received'),
      recordRate: rate('produced'),
      p50: quantile(0.5, before, now),
      p99: quantile(0.99, before, now),
      held: now?.held ?? 0,
      refused: now?.refused ?? 0,
    }
  }
}

/** Milliseconds that the share `q` of the deliveries between two samples took at most, even within a bucket. */
function quantile(q: number, before: FeedSample | undefined, now: FeedSample | undefined): number | undefined {
  const counts = [...(now?.buckets ?? [])]
    .map(([bound, count]) => [bound, count - (before?.buckets.get(bound) ?? 0)] as const)
    .sort(([a], [b]) => a - b)
  const total = counts.at(-1)?.[1] ?? 0
  if (total === 0) return undefined
  let lower = 0
  let below = 0
  for (const [upper, count] of counts) {
    if (count >= q * total) {
      if (upper === Number.POSITIVE_INFINITY) break
      return 1000 * (lower + (upper - lower) * ((q * total - below) / (count - below)))
    }
    lower = upper
    below = count
  }
  return 1000 * lower
}
