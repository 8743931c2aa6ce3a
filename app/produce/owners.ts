/** Whose the records of a queue are: settlements, in the order of their records. */
import type { Settlement } from '../model.ts'

interface Run {
  readonly settlement: Settlement
  records: number
}

/** Neighbours of one owner are kept as one run, so that settling costs per batch and not per record. */
export class Owners {
  readonly #runs: Run[] = []

  /** One more record, behind all others. */
  add(settlement: Settlement): void {
    const last = this.#runs.at(-1)
    if (last?.settlement === settlement) last.records++
    else this.#runs.push({ settlement, records: 1 })
  }

  /** Takes the first `count` records off, telling each owner which of them, [from, to), were its own. */
  take(count: number, tell: (settlement: Settlement, from: number, to: number) => void): void {
    let at = 0
    for (let run = this.#runs[0]; run && at < count; run = this.#runs[0]) {
      const records = Math.min(run.records, count - at)
      run.records -= records
      if (run.records === 0) this.#runs.shift()
      tell(run.settlement, at, at + records)
      at += records
    }
  }
}
