/** What a kind of upstream is: a pure generator of messages and, where the client speaks first, what it understands. */

/** One message of an upstream. */
export interface Sample {
  /** Exactly what goes over the socket, keys sorted. */
  readonly text: string
  /** What `text` parses to. */
  readonly document: Readonly<Record<string, unknown>>
  /** Deliveries: the moment that `timestamp` names whatever its spelling, milliseconds since the epoch. */
  readonly at?: number
}

/** What decides a stream; equal options give equal texts. */
export interface StreamOptions {
  readonly seed: string
  /** Number of the connection, from 0: every connection has a stream of its own. */
  readonly connection: number
  /** Where the clock of the messages begins, milliseconds since the epoch. */
  readonly startAt: number
  /** Signed kinds: sign this many documents once and rotate them with fresh start times; 0 signs each message (about 50 µs). */
  readonly pool: number
  /** Kinds that wait for subscriptions: the symbols of this moment, read before each message. */
  readonly symbols: ReadonlySet<string>
}

/** Never ends. */
export type Stream = Generator<Sample, never, undefined>

/** A kind of upstream. */
export interface UpstreamKind {
  readonly help: string
  /** Each message is signed, which bounds the rate unless a pool is used. */
  readonly signed: boolean
  readonly messages: (options: StreamOptions) => Stream
  /** Takes a client's message into `symbols`; answers with the text to send back, if any. Nothing is sent before there is a symbol. */
  readonly subscribe?: (text: string, symbols: Set<string>) => string | undefined
}
