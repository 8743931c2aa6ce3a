/** Refused documents: the first of each feed and reason is said at once, then a summary a minute with counts and share. */
import type { Event } from '../events.ts'
import type { Line } from './line.ts'

type Refused = Extract<Event, { type: 'document.refused' }>

const EVERY_MS = 60_000

/** One feed since its last summary. */
interface Window {
  startedAt: number
  /** Documents that the feed had found before. */
  foundBefore: number
  /** Since then, by reason. */
  counts: Map<string, number>
  /** Of them, those that were said. */
  said: number
  /** Reasons that are no news: of this window and the one before. */
  known: Set<string>
  last: string
}

/** Says so much and no more, however many are refused: the number of feeds and of reasons bounds it. */
export class Refusals {
  readonly #foundBy: (feed: string) => number
  readonly #hide: (text: string, feed: string) => string
  readonly #say: (line: Line) => void
  readonly #windows = new Map<string, Window>()
  #timer: NodeJS.Timeout | undefined

  /** `foundBy`: how many documents a feed has found so far. `hide` takes secrets out of what is said. */
  constructor(
    foundBy: (feed: string) => number,
    hide: (text: string, feed: string) => string,
    say: (line: Line) => void,
  ) {
    this.#foundBy = foundBy
    this.#hide = hide
    this.#say = say
  }

  /** Counts those of one event; whether they are to be said by themselves. */
  isNews({ feed, reason, documents, detail }: Refused): boolean {
    const window = this.#windows.get(feed) ?? this.#open(feed, documents)
    window.counts.set(reason, (window.counts.get(reason) ?? 0) + documents)
    window.last = detail
    if (window.known.has(reason)) return false
    window.known.add(reason)
    window.said += documents
    return true
  }

  /** Says what has not been said; call it at the end. */
  flush(): void {
    for (const [feed, window] of this.#windows) this.#sumUp(feed, window)
    this.#windows.clear()
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #open(feed: string, documents: number): Window {
    // The documents that open the window count as found already.
    const window: Window = {
      startedAt: performance.now(),
      foundBefore: this.#foundBy(feed) - documents,
      counts: new Map(),
      said: 0,
      known: new Set(),
      last: '',
    }
    this.#windows.set(feed, window)
    this.#timer ??= setInterval(() => this.#tick(), EVERY_MS).unref()
    return window
  }

  #tick(): void {
    for (const [feed, window] of this.#windows) {
      if (window.counts.size === 0) this.#windows.delete(feed)
      else {
        this.#sumUp(feed, window)
        window.startedAt = performance.now()
        window.foundBefore = this.#foundBy(feed)
        window.known = new Set(window.counts.keys())
        window.counts = new Map()
        window.said = 0
      }
    }
    if (this.#windows.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sumUp(feed: string, { startedAt, foundBefore, counts, said, last }: Window): void {
    const refused = [...counts.values()].reduce((sum, count) => sum + count, 0)
    if (refused === said) return
    const found = Math.max(refused, this.#foundBy(feed) - foundBefore)
    const share = Math.round((1_000 * refused) / found) / 10
    const seconds = Math.max(1, Math.round((performance.now() - startedAt) / 1_000))
    const reasons = [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} ${count}`)
    const text = `feed ${feed}: ${refused} of ${found} documents of the last ${seconds} s were refused (${share} %): ${reasons.join(', ')}; the last: ${this.#hide(last, feed)}`
    this.#say(['warn', text, { feed, refused, found, reasons: Object.fromEntries(counts) }])
  }
}
