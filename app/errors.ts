/** One error class per reaction. `reason` comes from a closed set because it becomes a metric label. */

/** Why one document was refused. Kept short and stable: they are label values of `tributary_documents_total`. */
export type RejectReason =
  | 'not_utf8'
  | 'not_json'
  | 'not_an_object'
  | 'too_many_documents'
  | 'too_deep'
  | 'no_key'
  | 'bad_value'
  | 'bad_number'
  | 'missing_field'
  | 'encode'
  | 'too_large'
  | 'broker_refused'

/** Why a connection ended or never came up: label values of the dial and disconnection metrics. */
export type LostReason =
  | 'closed'
  | 'handshake_timeout'
  | 'handshake_status'
  | 'connect'
  | 'dns'
  | 'tls'
  | 'ping_timeout'
  | 'silent'
  | 'too_big'
  | 'protocol'
  | 'configuration'

/** What is away: label values of `tributary_produce_retries_total` and the reason shown for a parked feed. */
export type UnavailableReason =
  | 'connect'
  | 'timeout'
  | 'authentication'
  | 'authorization'
  | 'no_topic'
  | 'not_leader'
  | 'not_enough_replicas'
  | 'too_large'
  | 'invalid_record'
  | 'no_subject'
  | 'bad_schema'
  | 'clock'
  | 'response'
  | 'unknown'

interface Details {
  cause?: unknown
}

/** The configuration is wrong: print every problem, exit 78. Problems name the variable and the cure, never a secret value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`${problems.length} configuration problem${problems.length === 1 ? '' : 's'}`)
    this.problems = problems
  }
}

/** This document cannot become a record: count it (and dead-letter it), go on with the next. `message` must not hold payload. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
  readonly reason: RejectReason
  /** Where in the document, as a dotted path of schema field names; empty when it does not apply. */
  readonly path: string
  constructor(reason: RejectReason, message: string, details: Details & { path?: string } = {}) {
    super(message, details)
    this.reason = reason
    this.path = details.path ?? ''
  }
}

/** The connection is gone or never came up: dial again after back-off. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost'
  readonly reason: LostReason
  /** Close code (RFC 6455 §7.4), or the HTTP status of a refused handshake. */
  readonly code: number | undefined
  /** `slow`: the peer refused us (401, 403, 1008, 4xxx), so the long back-off applies unless the connection was a good one. */
  readonly pace: 'normal' | 'slow'
  /** What the peer speaks on its port where it is not what we spoke: no TLS, TLS, or nothing before it hung up. */
  readonly speaks: 'plain' | 'tls' | 'nothing' | undefined
  /** Milliseconds the peer asked us to wait (Retry-After). */
  readonly retryAfterMs: number | undefined
  constructor(
    reason: LostReason,
    message: string,
    details: Details & {
      code?: number | undefined
      pace?: 'normal' | 'slow'
      retryAfterMs?: number | undefined
      speaks?: SourceLost['speaks']
    } = {},
  ) {
    super(message, details)
    this.reason = reason
    this.code = details.code
    this.pace = details.pace ?? 'normal'
    this.retryAfterMs = details.retryAfterMs
    this.speaks = details.speaks
  }
}

/** No retry can cure this source: stop dialling it and say so. */
export class SourceRefused extends Error {
  override readonly name = 'SourceRefused'
  readonly reason: LostReason
  constructor(reason: LostReason, message: string, details: Details = {}) {
    super(message, details)
    this.reason = reason
  }
}

/** Something we depend on is away: hold, say so, try again. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly reason: UnavailableReason
  /** For a sink's `write`: how many records from the front are settled already. */
  readonly settled: number
  /** The error code of the Kafka protocol, where a broker gave one. */
  readonly code: number | undefined
  constructor(reason: UnavailableReason, message: string, details: Details & { settled?: number; code?: number } = {}) {
    super(message, details)
    this.reason = reason
    this.settled = details.settled ?? 0
    this.code = details.code
  }
}

/** Something of this machine that a run cannot do without is unusable (the directory of a lane): say it, exit 69. `message` is a sentence with the cure. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}
