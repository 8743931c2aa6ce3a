/** What a source over WebSocket needs to know. */
import type { Pattern } from '../lib/subset.ts'
import type { SourceInfo } from '../model.ts'
import type { SilenceBounds } from './learned-silence.ts'
import type { ReadBudget } from './read-budget.ts'

/** Durations are milliseconds, sizes are bytes. */
export interface WebSocketOptions {
  readonly info: SourceInfo
  /** Asked at each dial, so that tokens in it stay fresh; throws `SourceLost('configuration')`. */
  readonly url: () => Promise<string>
  /** Asked at each dial; throws `SourceLost('configuration')`. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** Text messages sent as soon as the connection is up, in order. Asked at each dial; throws `SourceLost('configuration')`. */
  readonly openMessages: () => Promise<readonly string[]>
  /** From the dial to the end of the handshake: name lookup, TCP, TLS and HTTP together. */
  readonly handshakeTimeoutMs: number
  /** Longest message, after decompression. */
  readonly maxMessageBytes: number
  /** Between pings, and how long their answer may take; 0 = no pings. */
  readonly pingIntervalMs: number
  /** Longest time without a sign of life; `auto` = learned from the source, undefined = no limit. */
  readonly silenceTimeoutMs: number | 'auto' | undefined
  /** What is no sign of life; everything else is. */
  readonly ignore: readonly Pattern[]
  /** What of that is one nevertheless. */
  readonly alive: readonly Pattern[]
  /** Within which the limit is learned, unless the usual bounds shall hold. */
  readonly silenceBounds?: SilenceBounds
  /** Offer permessage-deflate. */
  readonly compression: boolean
  /** Told when the socket is paused because nobody pulls, and when no longer. */
  readonly paused?: (isPaused: boolean) => void
  /** Told when the socket is not read empty any more, with the time at which it last was, and 0 when it is again. */
  readonly behind?: (since: number) => void
  /** Told once, when a connection has been open for that long and no message has ever come. */
  readonly quiet?: (openMs: number) => void
  /** How long that is, unless as usual. */
  readonly quietAfterMs?: number
  /** What may wait to be pulled before the socket is paused. */
  readonly watermarkBytes?: number
  /** Of all sources of the feed; one of its own when absent. */
  readonly readBudget?: ReadBudget
}
