/** Where messages come from: the nouns and the port. Types only; imports nothing. */

/** One live URL of a feed. */
export interface SourceInfo {
  readonly feed: string
  /**
   * What lanes and gap files store: a hash of the URL as configured, the same in every process and at any place of the list, and
   * what is needed to tell the source when it is configured no longer (lib/source-id.ts). Unique within its feed. Never shown.
   */
  readonly id: string
  /** The URL without user info, query values and what may be secret in its path, unique within its feed (`#2` is appended to a repeated one). */
  readonly shown: string
  /** Non-negative hash of the id that 0.1.0 gave it: chooses the partition of records without a key. */
  readonly hash: number
  /** That id: the URL without user info and query values, numbered by its place. Older lanes and gap files have it. Never shown: its path may hold a secret. */
  readonly formerId?: string | undefined
}

/** One complete WebSocket message, exactly as it came. */
export interface Message {
  readonly source: SourceInfo
  readonly data: Buffer
  /** On this process's steady clock, milliseconds since the epoch: correct it with `Clock` before it leaves the process. */
  readonly receivedAt: number
  /** `receivedAt` is corrected already: the message comes from an earlier process that knew how. */
  readonly isCorrected?: boolean | undefined
  /** Where to resume after this message, for upstreams that can replay: at most 1,024 bytes of UTF-8. */
  readonly cursor?: string
  /**
   * Set by a source whose peer waits for an answer, and called once, when we answer for the message: a lane that outlives the process
   * has it, or all of its documents are settled, or the lane's policy gave it up (counted). Not called for a message that is still
   * held when the process ends: its peer sends it again. Many messages may share one function. It never throws and never waits.
   */
  readonly taken?: (() => void) | undefined
}

/** How a connection ended in order: the close code (RFC 6455 §7.4) and what the peer said, made safe to log. */
export type Ended = { readonly code: number | undefined; readonly detail: string }

/**
 * A way to receive messages from one upstream.
 * `receive` is ONE connection's life. It returns how the peer ended it when that was in order, throws `SourceLost` (dial again) or
 * `SourceRefused` (no retry can cure it), and returns without throwing when `signal` aborts, after yielding what had arrived.
 * It yields what has arrived since the last pull. Past a byte watermark nobody pulls: the socket is paused, and a paused
 * socket is not killed by its own heartbeat. The next pull means that the last batch is safe in the lane, or settled; its array is the source's again.
 * `opened` is called once, when the connection is up.
 */
export interface Source {
  readonly info: SourceInfo
  /** Aborts when the source is gone for good: its connection is closed, it is not dialled again, and nothing is shown of it any more. */
  readonly gone?: AbortSignal | undefined
  receive(signal: AbortSignal, opened: () => void, resume?: string): AsyncGenerator<readonly Message[], Ended, void>
}

/**
 * Where the sources of a feed come from: a list of URLs yields each of them once, a listener yields a client when it has logged in.
 * `arrivals` is pulled once; each source lives until its `gone` aborts, side by side with the others. It ends when `signal` aborts.
 */
export interface Sources {
  /** Those that are known before they arrive, or are there now. */
  readonly present: readonly SourceInfo[]
  arrivals(signal: AbortSignal): AsyncIterable<Source>
}
