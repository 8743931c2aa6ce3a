/** A histogram with weighted observations. A batch reports many equal values at once; prom-client has no method for weights. */

export type Labels = Record<string, string>

/** One labelled series. */
interface Series {
  readonly labels: Readonly<Labels>
  /** Counts per bucket, with +Inf last; not cumulative. */
  readonly counts: number[]
  sum: number
}

/** Takes seconds, returns samples of a Prometheus histogram. */
export class WeightedHistogram {
  readonly #bounds: readonly number[]
  readonly #series = new Map<string, Series>()

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  /** Adds `weight` observations of `seconds` to the series of `key`. `labels` is read only when the series is new. */
  observe(key: string, labels: Readonly<Record<string, string>>, seconds: number, weight: number): void {
    let series = this.#series.get(key)
    if (!series) {
      series = { labels, counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 }
      this.#series.set(key, series)
    }
    let bucket = 0
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] as number)) bucket++
    series.counts[bucket] = (series.counts[bucket] ?? 0) + weight
    series.sum += seconds * weight
  }

  /** Removes all series with this value of `label`. */
  forget(label: string, value: string): void {
    for (const [key, { labels }] of this.#series) if (labels[label] === value) this.#series.delete(key)
  }

  /** The samples of all series, cumulative as in the exposition format. */
  samples(name: string): { metricName: string; labels: Record<string, string | number>; value: number }[] {
    const samples: { metricName: string; labels: Record<string, string | number>; value: number }[] = []
    for (const { labels, counts, sum } of this.#series.values()) {
      let total = 0
      for (const [at, count] of counts.entries()) {
        total += count
        samples.push({
          metricName: `${name}_bucket`,
          labels: { ...labels, le: this.#bounds[at] ?? '+Inf' },
          value: total,
        })
      }
      samples.push({ metricName: `${name}_sum`, labels, value: sum })
      samples.push({ metricName: `${name}_count`, labels, value: total })
    }
    return samples
  }
}
