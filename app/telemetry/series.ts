/** Counters whose series can go with what they are about. */
import type { Labels, WeightedHistogram } from './histogram.ts'

/** The calls of prom-client's counters that are used here. */
interface Counter {
  inc(labels: Labels, by: number): void
  remove(labels: Labels): void
}

/** Labels whose values come and go. */
export type Subject = 'feed' | 'url' | 'topic'

/** Remembers which series there are, because prom-client cannot be asked by one label. */
export class SeriesCounter {
  readonly #counter: Counter
  readonly #series = new Map<string, Labels>()

  constructor(counter: Counter) {
    this.#counter = counter
  }

  inc(labels: Labels, by: number): void {
    const key = Object.values(labels).join('\n')
    if (!this.#series.has(key)) this.#series.set(key, labels)
    this.#counter.inc(labels, by)
  }

  /** All series with this value of `label` are gone. */
  forget(label: Subject, value: string): void {
    for (const [key, labels] of this.#series) {
      if (labels[label] !== value) continue
      this.#series.delete(key)
      this.#counter.remove(labels)
    }
  }
}

/** What has series that can go. */
export type Forgetful = Pick<SeriesCounter | WeightedHistogram, 'forget'>
