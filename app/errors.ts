/** One error class per reaction. `reason` is a metric label and therefore comes from a closed set. */

/** Why a document was refused. Short and stable: label values of `tributary_documents_total`. */
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

/** Why a dependency is unavailable: label values of `tributary_produce_retries_total`, and the reason of a parked feed. */
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

/** A problem of the configuration, as data. Never contains a secret value. */
export interface Problem {
  /** The variable that is set wrongly or missing; undefined if the problem concerns no single variable. */
  readonly setting: string | undefined
  /** The problem: a clause that names the variable, without a full stop. */
  readonly text: string
  /** The cure: a clause without a full stop. */
  readonly cure?: string | undefined
}

/** Returns the problem and its cure as a sentence. */
export function sentenceOf({ text, cure }: Problem): string {
  const clauses = cure === undefined ? text : `${text}; ${cure}`
  return /[.?]$/.test(clauses) ? clauses : `${clauses}.`
}

/** The configuration is wrong: print every problem, exit 78. A problem given as a text is a whole sentence. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly details: readonly Problem[]
  /** The problems as sentences. */
  readonly problems: readonly string[]
  constructor(problems: readonly (Problem | string)[]) {
    super(`${problems.length} configuration problem${problems.length === 1 ? '' : 's'}`)
    this.details = problems.map((one) => (typeof one === 'string' ? { setting: undefined, text: one } : one))
    this.problems = problems.map((one) => (typeof one === 'string' ? one : sentenceOf(one)))
  }
}

/** A document cannot become a record: count and dead-letter the document, continue with the next. `message` must not contain payload. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
  readonly reason: RejectReason
  /** Dotted path of schema field names in the document; empty if not applicable. */
  readonly path: string
  constructor(reason: RejectReason, message: string, details: Details & { path?: string } = {}) {
    super(message, details)
    this.reason = reason
    this.path = details.path ?? ''
  }
}

/** The connection was lost or never opened: dial again after a back-off. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost'
  readonly reason: LostReason
  /** Close code (RFC 6455 §7.4), or the HTTP status of a refused handshake. */
  readonly code: number | undefined
  /** `slow`: the peer refused us (401, 403, 1008, 4xxx); the long back-off applies unless the connection was stable. */
  readonly pace: 'normal' | 'slow'
  /** The peer's protocol if different from ours: no TLS, TLS, or nothing before the peer closed the connection. */
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

/** Retries cannot help: stop dialling the source and report the refusal. */
export class SourceRefused extends Error {
  override readonly name = 'SourceRefused'
  readonly reason: LostReason
  constructor(reason: LostReason, message: string, details: Details = {}) {
    super(message, details)
    this.reason = reason
  }
}

/** A dependency is unavailable: hold, report, retry. `message` is the problem and the cure, if any. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly reason: UnavailableReason
  /** The problem: a clause. */
  readonly problem: string
  /** Advice for the operator, naming settings as given: a clause. */
  readonly cure: string | undefined
  /** The setting that the cure names. */
  readonly setting: string | undefined
  /** For a sink's `write`: number of records, from the front, already settled. */
  readonly settled: number
  /** The error code of the Kafka protocol, if a broker returned a code. */
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

/** A required local resource is unusable, such as the directory of a lane: report the problem, exit 69. `message` is a sentence with the cure. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}
