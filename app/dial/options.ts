/** Options of a WebSocket source. */
import type { Pattern } from '../lib/subset.ts'
import type { SourceInfo } from '../model.ts'
import type { SilenceBounds } from './learned-silence.ts'
import type { ReadBudget } from './read-budget.ts'

/** Durations are milliseconds, sizes are bytes. */
export interface WebSocketOptions {
  readonly info: SourceInfo
  /** Called at each dial, so that tokens stay fresh; throws `SourceLost('configuration')`. */
  readonly url: () => Promise<string>
  /** Called at each dial; throws `SourceLost('configuration')`. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** Text messages sent after connecting, in order. Called at each dial; throws `SourceLost('configuration')`. */
  readonly openMessages: () => Promise<readonly string[]>
  /** From the dial to the end of the handshake: name lookup, TCP, TLS and HTTP together. */
  readonly handshakeTimeoutMs: number
  /** Longest message, after decompression. */
  readonly maxMessageBytes: number
  /** Interval of pings and time limit of their answer; 0 = no pings. */
  readonly pingIntervalMs: number
  /** Longest time without a sign of life; `auto` = learned from the source, undefined = no limit. */
  readonly silenceTimeoutMs: number | 'auto' | undefined
  /** Patterns of messages that are no sign of life. */
  readonly ignore: readonly Pattern[]
  /** Patterns of ignored messages that are signs of life nevertheless. */
  readonly alive: readonly Pattern[]
  /** Bounds of the learned limit; defaults apply if absent. */
  readonly silenceBounds?: SilenceBounds
  /** Offer permessage-deflate. */
  readonly compression: boolean
  /** Called when the socket pauses because the consumer is slow, and when it resumes. */
  readonly paused?: (isPaused: boolean) => void
  /** Called with the time of the last empty read when the socket falls behind, and with 0 when empty again (`ReadLag`). */
  readonly behind?: (since: number) => void
  /** Called once, when a connection has been open for `quietAfterMs` and no message has ever arrived. */
  readonly quiet?: (openMs: number) => void
  /** Default: 30 seconds. */
  readonly quietAfterMs?: number
  /** Size of waiting messages at which the socket is paused. */
  readonly watermarkBytes?: number
  /** Shared by all sources of the feed; private if absent. */
  readonly readBudget?: ReadBudget
}
