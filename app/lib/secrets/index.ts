/** All configured secrets, and the only function that hides them in text. */
import { HIDDEN, redactUrl, type UrlPaths } from '../redact-url.ts'
import { findEncoded } from './encoded.ts'
import { type Pieces, piecesOf } from './pieces.ts'
import { SecretSearch, type Span } from './search.ts'

/** Cached results, because texts repeat. */
const MOST_REMEMBERED = 500
/** Values of a setting that stay hidden: an upstream may still echo the previous one. */
const VALUES_KEPT = 2

interface SecretValue {
  readonly text: string
  readonly pieces: Pieces
}

/** Secrets of one feed, or of the shared settings. */
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

/** One instance per daemon. Feeds are named as in `FeedConfig`; undefined means the shared settings. */
export class Secrets {
  /** How much of a URL's path is shown. */
  readonly paths: UrlPaths
  readonly #shared = new FeedSecrets()
  readonly #feeds = new Map<string, FeedSecrets>()
  /** Values of settings that are not secret; always shown. */
  readonly #names = new Set<string>()
  readonly #remembered = new Map<string, string>()

  constructor(paths: UrlPaths) {
    this.paths = paths
  }

  /** Sets the value of the secret `setting`; the previous value stays hidden, too. */
  learn(feed: string | undefined, setting: string, text: string): void {
    const scope = feed === undefined ? this.#shared : (this.#feeds.get(feed) ?? new FeedSecrets())
    if (feed !== undefined) this.#feeds.set(feed, scope)
    if (scope.learn(setting, text, this.paths)) this.#remembered.clear()
  }

  /** Adds the secrets of `other`, from a newer configuration. */
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

  /** Drops the secrets of `feed`, after its last log line. */
  forget(feed: string): void {
    this.#feeds.delete(feed)
    this.#remembered.clear()
  }

  /** Always shows `name`, the value of a setting that is not secret. */
  show(name: string): void {
    this.#names.add(name)
  }

  /** Hides the secrets of a URL, learned or not. */
  url(url: string): string {
    return redactUrl(url, this.paths)
  }

  /**
   * Replaces the secrets of `feed` and the shared secrets by `***`: from eight characters on anywhere and in any case, shorter
   * ones as whole words; also encoded, cut off at the end of the text, or half present. Names that are not secret stay.
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

  /** As `hide`, with the secrets of all feeds. */
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

  /** Whether the match is, or is part of, a whole name that may be shown. */
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
