/** One error class per reaction. `reason` comes from a closed set because it becomes a metric label. */

/** Why one document was refused. Kept short and stable: they are label values of `tributary_documents_total`. */
export type RejectReason =
  | 'not_utf8'
  | 'not_json'
  | 'not_an_object'
  | 'no_records'
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

/** One thing that is wrong with the configuration, as data. Never holds a secret value. */
export interface Problem {
  /** The variable it is about: the one that the operator set, or the one to set. Undefined where it is about no single one. */
  readonly setting: string | undefined
  /** What is wrong: a clause that names the variable, without a full stop. */
  readonly text: string
  /** What to do about it: a clause without a full stop. */
  readonly cure?: string | undefined
}

/** `problem` as one sentence. */
export function sentenceOf({ text, cure }: Problem): string {
  const clauses = cure === undefined ? text : `${text}; ${cure}`
  return /[.?]$/.test(clauses) ? clauses : `${clauses}.`
}

/** The configuration is wrong: print every problem, exit 78. A problem given as a text is a whole sentence. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly details: readonly Problem[]
  /** The same as sentences. */
  readonly problems: readonly string[]
  constructor(problems: readonly (Problem | string)[]) {
    super(`${problems.length} configuration problem${problems.length === 1 ? '' : 's'}`)
    this.details = problems.map((one) => (typeof one === 'string' ? { setting: undefined, text: one } : one))
    this.problems = problems.map((one) => (typeof one === 'string' ? one : sentenceOf(one)))
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

/** Something we depend on is away: hold, say so, try again. `message` is the problem and, where there is one, the cure. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly reason: UnavailableReason
  /** What is wrong: a clause. */
  readonly problem: string
  /** What the operator can do about it, naming settings as they were given: a clause. */
  readonly cure: string | undefined
  /** The setting that the cure is about. */
  readonly setting: string | undefined
  /** For a sink's `write`: how many records from the front are settled already. */
  readonly settled: number
  /** The error code of the Kafka protocol, where a broker gave one. */
  readonly code: number | undefined
  constructor(
    reason: UnavailableReason,
    problem: string,
    details: Details & {
      settled?: number
      code?: number | undefined
      cure?: string | undefined
      setting?: string | undefined
    } = {},
  ) {
    super(details.cure === undefined ? problem : `${problem}; ${details.cure}`, details)
    this.reason = reason
    this.problem = problem
    this.cure = details.cure
    this.setting = details.setting
    this.settled = details.settled ?? 0
    this.code = details.code
  }
}

/** Something of this machine that a run cannot do without is unusable (the directory of a lane): say it, exit 69. `message` is a sentence with the cure. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}
