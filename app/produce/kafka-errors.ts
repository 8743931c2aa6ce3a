/** What an error of a Kafka library means to us, told by protocol code, system code and class, not by text. */
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { protocolCode, UNKNOWN_SERVER_ERROR } from './protocol-codes.ts'

/** An error as the hold loop understands it, and what it says of the client that threw it. */
export interface Diagnosis {
  readonly error: Unavailable
  /** A broker answered: the client works, whatever it was told. */
  readonly answered: boolean
  /** The client did what no client should: build a new one. */
  readonly broken: boolean
}

const UNTRUSTED = "the broker's certificate comes from an authority that is not trusted: name it in KAFKA_SSL_CA_FILE"
const TLS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: "the broker's certificate has expired",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet",
  CERT_REVOKED: "the broker's certificate is revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: 'the broker does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the broker does not speak TLS on this port',
}

const WHAT: Readonly<Record<UnavailableReason, string>> = {
  connect: 'Kafka cannot be reached',
  timeout: 'Kafka did not answer in time',
  authentication: 'Kafka and we could not authenticate each other',
  authorization: 'Kafka does not permit this',
  no_topic: 'Kafka has no such topic or partition',
  not_leader: 'the partition has no leader now',
  not_enough_replicas: 'too few replicas are in sync',
  too_large: 'the batch is larger than the topic takes',
  invalid_record: 'a record is not valid for the topic',
  no_subject: 'no such subject',
  bad_schema: 'the schema cannot be used',
  response: 'Kafka gave an answer that makes no sense',
  clock: "Kafka does not take the time of this machine's clock",
  unknown: 'the Kafka client failed',
}
const MAX_DETAIL = 200
const MAX_NODES = 40

/** Never throws. The message names what is wrong, capped in length; the library's own error is the cause. */
export function diagnose(thrown: unknown): Diagnosis {
  const clues = nodes(thrown).map(clueOf)
  const best = clues.reduce((best, clue) => (clue.rank < best.rank ? clue : best), UNKNOWN)
  if (best.known) {
    return { error: best.known, answered: best.answered, broken: !best.answered && best.known.reason === 'response' }
  }
  const error = new Unavailable(best.reason, `${WHAT[best.reason]}: ${best.detail || textOf(thrown)}`, {
    cause: thrown,
  })
  const broken = !best.answered && (best.reason === 'unknown' || best.reason === 'response')
  return { error, answered: best.answered, broken }
}

/** What one error of the chain says; the lowest rank counts. */
interface Clue {
  readonly rank: number
  readonly reason: UnavailableReason
  readonly detail: string
  readonly answered: boolean
  readonly known?: Unavailable
}

/** What no client can find out by itself: a broker has answered. */
const ANSWERS: ReadonlySet<UnavailableReason> = new Set([
  'authorization',
  'no_topic',
  'not_leader',
  'not_enough_replicas',
  'too_large',
  'invalid_record',
  'clock',
])

const UNKNOWN: Clue = { rank: 9, reason: 'unknown', detail: '', answered: false }

/** What else an error can be known by; the first that fits. Classes are told by name, so that no library is loaded for it. */
const RULES: readonly {
  readonly rank: number
  readonly reason: UnavailableReason
  readonly code?: RegExp
  readonly className?: RegExp
  readonly answered?: true
}[] = [
  { rank: 2, reason: 'authentication', code: /^(ERR_SSL|ERR_TLS|CERT_|EPROTO)/ },
  { rank: 3, reason: 'authentication', className: /Authentication/, answered: true },
  { rank: 4, reason: 'timeout', code: /^ETIMEDOUT$/, className: /Timeout/ },
  { rank: 5, reason: 'connect', code: /^E[A-Z_]+$/ },
  { rank: 5, reason: 'not_leader', className: /MetadataNotLoaded|StaleTopicMetadata/ },
  // A PLT_KFK_USER that gets here says that the broker expects TLS, or does not speak it.
  { rank: 6, reason: 'connect', code: /^PLT_KFK_(NETWORK|USER)$/, className: /Connection|Broker(NotFound|Available)/ },
  { rank: 7, reason: 'response', code: /^PLT_KFK_(UNEXPECTED|OUT_OF_BOUNDS|UNSUPPORTED)/ },
]

function clueOf(node: Node): Clue {
  if (node instanceof Unavailable) {
    const answered = node.code !== undefined || ANSWERS.has(node.reason)
    return { rank: 0, reason: node.reason, detail: node.message, answered, known: node }
  }
  const code = codeOf(node)
  if (code !== undefined) {
    const rank = code === UNKNOWN_SERVER_ERROR ? 7 : 1
    return { rank, reason: protocolCode(code).reason, detail: protocolDetail(node, code), answered: true }
  }
  const system = typeof node.code === 'string' ? node.code : ''
  if (system in TLS) return { ...UNKNOWN, rank: 2, reason: 'authentication', detail: `${TLS[system]} (${system})` }
  const className = `${node.name} ${node.constructor?.name}`
  const rule = RULES.find((rule) => rule.code?.test(system) || rule.className?.test(className))
  if (!rule) return UNKNOWN
  return { rank: rule.rank, reason: rule.reason, detail: textOf(node), answered: rule.answered ?? false }
}

function protocolDetail(node: Node, code: number): string {
  const { meaning } = protocolCode(code)
  const given = String(node.apiId ?? node.type ?? code)
  const name = meaning === undefined ? given : `${meaning} (${given})`
  return short(typeof node.serverErrorMessage === 'string' ? `${name}, ${node.serverErrorMessage}` : name)
}

interface Node {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly apiCode?: unknown
  readonly apiId?: unknown
  readonly type?: unknown
  readonly serverErrorMessage?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** Whether asking for metadata by platformatic failed because there is no such topic. */
export function isUnknownTopic(error: unknown): boolean {
  // The protocol code is lost here, and nothing but the text tells this from other errors of use.
  return error instanceof Error && /^Unknown topic/.test(error.message)
}

/** The error, its causes and what it aggregates, nearest first. */
function nodes(thrown: unknown): Node[] {
  const found = new Set<Node>()
  const queue: unknown[] = [thrown]
  for (let i = 0; i < queue.length && found.size < MAX_NODES; i++) {
    const node = queue[i]
    if (typeof node !== 'object' || node === null || found.has(node)) continue
    found.add(node)
    const { cause, errors } = node as Node
    queue.push(cause, ...(Array.isArray(errors) ? errors : []))
  }
  return [...found]
}

/** The error code of the protocol that a library's error holds, from itself or from what it wraps; the catch-all -1 only where there is no other. */
export function protocolErrorCode(thrown: unknown): number | undefined {
  const codes = nodes(thrown).map(codeOf)
  return (
    codes.find((code) => code !== undefined && code !== UNKNOWN_SERVER_ERROR) ??
    codes.find((code) => code !== undefined)
  )
}

/** What the broker said with `code` of a request, as the retry loop understands it; `message` is the broker's. */
export function brokerError(code: number, message: string | null): Unavailable {
  const { name, reason } = protocolCode(code)
  return new Unavailable(reason, `${WHAT[reason]}: ${name}${message ? `, ${short(message)}` : ''}`, { code })
}

/** platformatic has `apiCode`; kafkajs has a numeric `code`. */
function codeOf(node: Node): number | undefined {
  if (typeof node.apiCode === 'number') return node.apiCode
  return typeof node.code === 'number' && String(node.name).startsWith('KafkaJS') ? node.code : undefined
}

function textOf(thrown: unknown): string {
  return short(thrown instanceof Error ? thrown.message : String(thrown))
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line
}
