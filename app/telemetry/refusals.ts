/** Log lines about refused documents: the first per feed and reason at once, then one summary per minute with counts and share. */
import type { Event } from '../events.ts'
import { refusalMessages } from './feed-lines.ts'
import type { LogLine } from './line.ts'

type RefusedEvent = Extract<Event, { type: 'document.refused' }>

const SUMMARY_MS = 60_000

/** Refusals of one feed since its last summary. */
interface Window {
  startedAt: number
  /** Documents that the feed had found before this window. */
  foundBefore: number
  /** Refused documents of this window, by reason. */
  counts: Map<string, number>
  /** Number of documents with their own line. */
  written: number
  /** Reasons of the current and the previous window, which get no further line. */
  known: Set<string>
  last: string
}

/** Limits log lines about refusals. Their number depends on feeds and reasons, not on documents. */
export class Refusals {
  readonly #foundBy: (feed: string) => number
  readonly #hide: (text: string, feed: string) => string
  readonly #write: (line: LogLine) => void
  readonly #windows = new Map<string, Window>()
  #timer: NodeJS.Timeout | undefined

  /** `foundBy` returns how many documents a feed has found so far. `hide` removes secrets from a text about a feed. */
  constructor(
    foundBy: (feed: string) => number,
    hide: (text: string, feed: string) => string,
    write: (line: LogLine) => void,
  ) {
    this.#foundBy = foundBy
    this.#hide = hide
    this.#write = write
  }

  /** Counts the documents of an event. Returns whether the event gets a line of its own. */
  isNews({ feed, reason, documents, detail }: RefusedEvent): boolean {
    const window = this.#windows.get(feed) ?? this.#open(feed, documents)
    window.counts.set(reason, (window.counts.get(reason) ?? 0) + documents)
    window.last = detail
    if (window.known.has(reason)) return false
    window.known.add(reason)
    window.written += documents
    return true
  }

  /** Writes the open summaries. Call before the last line of the log. */
  flush(): void {
    for (const [feed, window] of this.#windows) this.#sumUp(feed, window)
    this.#windows.clear()
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #open(feed: string, documents: number): Window {
    // The feed has already counted these documents as found.
    const window: Window = {
      startedAt: performance.now(),
      foundBefore: this.#foundBy(feed) - documents,
      counts: new Map(),
      written: 0,
      known: new Set(),
      last: '',
    }
    this.#windows.set(feed, window)
    this.#timer ??= setInterval(() => this.#tick(), SUMMARY_MS).unref()
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
        window.written = 0
      }
    }
    if (this.#windows.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sumUp(feed: string, { startedAt, foundBefore, counts, written, last }: Window): void {
    const refused = [...counts.values()].reduce((sum, count) => sum + count, 0)
    if (refused === written) return
    const found = Math.max(refused, this.#foundBy(feed) - foundBefore)
    const share = Math.round((1_000 * refused) / found) / 10
    const seconds = Math.max(1, Math.round((performance.now() - startedAt) / 1_000))
    const reasons = [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} ${count}`)
    const values = { feed, refused, found, seconds, share, reasons: reasons.join(', '), detail: this.#hide(last, feed) }
    this.#write(refusalMessages.summary.line(values, { feed, refused, found, reasons: Object.fromEntries(counts) }))
  }
}
