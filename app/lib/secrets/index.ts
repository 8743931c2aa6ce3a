/** All secrets that are configured, and the one function that hides them in a text. */
import { HIDDEN, redactUrl, type UrlPaths } from '../redact-url.ts'
import { findEncoded } from './encoded.ts'
import { type Pieces, piecesOf } from './pieces.ts'
import { SecretSearch, type Span } from './search.ts'

/** Texts repeat: what was made of so many is remembered. */
const MOST_REMEMBERED = 500
/** Values of a setting that stay hidden: what an upstream says back may be about the one before. */
const VALUES_KEPT = 2

interface SecretValue {
  readonly text: string
  readonly pieces: Pieces
}

/** What is known of one feed, or of what all share. */
class FeedSecrets {
  /** The last values of each setting, the newest first. */
  readonly #values = new Map<string, SecretValue[]>()
  #search: SecretSearch | undefined

  learn(setting: string, text: string, paths: UrlPaths): boolean {
    const values = this.#values.get(setting) ?? []
    if (values[0]?.text === text) return false
    const value = { text, pieces: piecesOf(text, paths) }
    this.#values.set(setting, [value, ...values].slice(0, VALUES_KEPT))
    this.#search = undefined
    return true
  }

  /** The newest of `other`'s values is the newest here. */
  adopt(other: FeedSecrets, paths: UrlPaths): void {
    for (const [setting, [value]] of other.#values) if (value) this.learn(setting, value.text, paths)
  }

  get search(): SecretSearch {
    this.#search ??= new SecretSearch(this.#pieces().flatMap(({ secrets }) => [...secrets]))
    return this.#search
  }

  *names(): Iterable<string> {
    for (const { names } of this.#pieces()) yield* names
  }

  #pieces(): Pieces[] {
    return [...this.#values.values()].flatMap((values) => values.map(({ pieces }) => pieces))
  }
}

/** One for the daemon. Feeds go by their name as in `FeedConfig`; undefined is what all share. */
export class Secrets {
  /** How much of a URL's path is shown. */
  readonly paths: UrlPaths
  readonly #shared = new FeedSecrets()
  readonly #feeds = new Map<string, FeedSecrets>()
  /** Values of settings that are no secrets: they are shown, whatever else they are. */
  readonly #names = new Set<string>()
  readonly #remembered = new Map<string, string>()

  constructor(paths: UrlPaths) {
    this.paths = paths
  }

  /** `text` is the value of the secret `setting` from now on; the one before stays hidden as well. */
  learn(feed: string | undefined, setting: string, text: string): void {
    const scope = feed === undefined ? this.#shared : (this.#feeds.get(feed) ?? new FeedSecrets())
    if (feed !== undefined) this.#feeds.set(feed, scope)
    if (scope.learn(setting, text, this.paths)) this.#remembered.clear()
  }

  /** Learns all that `other` knows, which is of a newer configuration. */
  adopt(other: Secrets): void {
    for (const name of other.#names) this.#names.add(name)
    this.#shared.adopt(other.#shared, this.paths)
    for (const [feed, scope] of other.#feeds) {
      const own = this.#feeds.get(feed) ?? new FeedSecrets()
      this.#feeds.set(feed, own)
      own.adopt(scope, this.paths)
    }
    this.#remembered.clear()
  }

  /** Nothing is said of `feed` any more. */
  forget(feed: string): void {
    this.#feeds.delete(feed)
    this.#remembered.clear()
  }

  /** `name` was configured as something that is no secret. */
  show(name: string): void {
    this.#names.add(name)
  }

  /** A URL without its secrets, whether they were learned or not. */
  url(url: string): string {
    return redactUrl(url, this.paths)
  }

  /**
   * `text` with the secrets of `feed`, and those that all share, as `***`: eight characters and more anywhere and in any case, shorter ones
   * as a whole word; also where they are encoded, where the end of the text cuts one off, or half of one stands. Names that are no secrets stay.
   */
  hide(text: string, feed?: string): string {
    const key = `${feed ?? ''}\n${text}`
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const own = feed === undefined ? undefined : this.#feeds.get(feed)
    const hidden = this.#hidden(text, own ? [this.#shared, own] : [this.#shared])
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear()
    this.#remembered.set(key, hidden)
    return hidden
  }

  /** The same with the secrets of all feeds: for text that is of no feed, or of all. */
  hideAll(text: string): string {
    return this.#hidden(text, [this.#shared, ...this.#feeds.values()])
  }

  #hidden(text: string, scopes: readonly FeedSecrets[]): string {
    const searches = scopes.map(({ search }) => search).filter(({ isEmpty }) => !isEmpty)
    if (searches.length === 0 || text === '') return text
    const within = (given: string): Span[] =>
      searches.flatMap((search) => search.in(given)).filter((span) => !this.#isName(given, span, scopes))
    return withHiddenSpans(text, [...within(text), ...findEncoded(text, within)])
  }

  /** Whether what was found is, or is a part of, a whole name that may be shown. */
  #isName(text: string, { start, end }: Span, scopes: readonly FeedSecrets[]): boolean {
    const found = text.slice(start, end)
    const isHere = (name: string): boolean => {
      for (let at = name.indexOf(found); at >= 0; at = name.indexOf(found, at + 1)) {
        const from = start - at
        const isWhole = !/\w/.test(text[from - 1] ?? '') && !/\w/.test(text[from + name.length] ?? '')
        if (from >= 0 && isWhole && text.startsWith(name, from)) return true
      }
      return false
    }
    for (const name of this.#names) if (isHere(name)) return true
    return scopes.some((scope) => [...scope.names()].some(isHere))
  }
}

/** Spans that touch or overlap become one. */
function withHiddenSpans(text: string, spans: readonly Span[]): string {
  let shown = ''
  let at = 0
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue
    if (start >= at) shown += text.slice(at, start) + HIDDEN
    at = end
  }
  return shown + text.slice(at)
}
