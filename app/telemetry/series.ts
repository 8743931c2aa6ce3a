/** Counters whose series can be removed, for example when a feed leaves. */
import type { Labels, WeightedHistogram } from './histogram.ts'

/** The methods used of prom-client's counters. */
interface CountingCounter {
  inc(labels: Labels, by: number): void
  remove(labels: Labels): void
}

/** Labels whose values can be removed. */
export type Subject = 'feed' | 'url' | 'topic'

/** Remembers its series, because prom-client cannot remove series by one label. */
export class SeriesCounter {
  readonly #counter: CountingCounter
  readonly #series = new Map<string, Labels>()

  constructor(counter: CountingCounter) {
    this.#counter = counter
  }

  inc(labels: Labels, by: number): void {
    const key = Object.values(labels).join('\n')
    if (!this.#series.has(key)) this.#series.set(key, labels)
    this.#counter.inc(labels, by)
  }

  /** Removes all series with this value of `label`. */
  forget(label: Subject, value: string): void {
    for (const [key, labels] of this.#series) {
      if (labels[label] !== value) continue
      this.#series.delete(key)
      this.#counter.remove(labels)
    }
  }
}

/** A metric with removable series. */
export type Forgetful = Pick<SeriesCounter | WeightedHistogram, 'forget'>
