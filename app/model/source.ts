/** The port of sources and its types. Imports nothing. */

/** One live URL of a feed. */
export interface SourceInfo {
  readonly feed: string
  /**
   * Stored in lanes and gap files: a hash of the configured URL, equal in every process and at any position of the list, plus the data
   * that identifies the source when no longer configured (lib/source-id.ts). Unique within its feed. Never shown.
   */
  readonly id: string
  /** The URL without user info, query values and possible secrets in its path. Unique within its feed (`#2` is appended to repeated URLs). */
  readonly shown: string
  /** Non-negative hash of the id used by 0.1.0; selects the partition of records without a key. */
  readonly hash: number
  /** The id used by 0.1.0: the URL without user info and query values, numbered by position. Found in older lanes and gap files. Never shown: the path may contain a secret. */
  readonly formerId?: string | undefined
}

/** One complete WebSocket message, exactly as received. */
export interface Message {
  readonly source: SourceInfo
  readonly data: Buffer
  /** Milliseconds since the epoch on the steady clock of this process; correct with `Clock` before the value leaves the process. */
  readonly receivedAt: number
  /** Whether `receivedAt` was already corrected by an earlier process. */
  readonly isCorrected?: boolean | undefined
  /** Position to resume after the message, for upstreams that can replay: at most 1,024 bytes of UTF-8. */
  readonly cursor?: string
  /**
   * Acknowledges the message to a peer that waits for an acknowledgement. Called once, when a durable lane has stored the message, all
   * its documents are settled, or the lane's overload policy dropped the message (counted). Not called for messages still held when the
   * process ends: the peer sends them again. Messages may share a function. Never throws, never waits.
   */
  readonly taken?: (() => void) | undefined
}

/** An orderly end of a connection: the close code (RFC 6455 §7.4) and the peer's reason, made safe to log. */
export type Ended = { readonly code: number | undefined; readonly detail: string }

/**
 * A way to receive messages from one upstream.
 * `receive` covers ONE connection. Returns the close code and reason after an orderly close, throws `SourceLost` (dial again) or
 * `SourceRefused` (do not retry), and returns without throwing when `signal` aborts, after yielding the messages already received.
 * Each pull yields the messages since the previous pull. Above a byte watermark the socket is paused until the next pull; the heartbeat
 * does not close a paused socket. Pulling again confirms that the previous batch is stored or settled; the source may then reuse its array.
 * Calls `opened` once, when the connection is open.
 */
export interface Source {
  readonly info: SourceInfo
  /** Aborts when the source is removed: its connection closes, redials stop, and its metrics disappear. */
  readonly gone?: AbortSignal | undefined
  receive(signal: AbortSignal, opened: () => void, resume?: string): AsyncGenerator<readonly Message[], Ended, void>
}

/**
 * The sources of a feed. A list of URLs yields each source once; a listener yields a client after login.
 * `arrivals` is called once and ends when `signal` aborts. Sources run concurrently, each until its `gone` aborts.
 */
export interface Sources {
  /** Sources known before arrival, and sources present now. */
  readonly present: readonly SourceInfo[]
  arrivals(signal: AbortSignal): AsyncIterable<Source>
}
