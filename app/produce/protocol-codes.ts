/** The error codes of the Kafka protocol: their names, what each means to the retry loop, and what an operator can do. */
import type { UnavailableReason } from '../errors.ts'

/** One error code, as the protocol guide lists it. */
export interface ProtocolCode {
  /** As brokers and Java clients name it: `INVALID_TIMESTAMP`. */
  readonly name: string
  /** How the retry loop reacts. */
  readonly reason: UnavailableReason
  /** What to do about it, where something can be done. */
  readonly cure?: string
}

/** The broker could not say more. */
export const UNKNOWN_SERVER_ERROR = -1
/** The time of a record lies outside the window that its topic takes. */
export const INVALID_TIMESTAMP = 32

const KEYLESS = "a compacted topic takes no record without a key: set the feed's KEY or KEY_FIELD"

const CODES: ReadonlyMap<number, ProtocolCode> = new Map<number, ProtocolCode>([
  [UNKNOWN_SERVER_ERROR, { name: 'UNKNOWN_SERVER_ERROR', reason: 'unknown' }],
  [2, { name: 'CORRUPT_MESSAGE', reason: 'invalid_record', cure: KEYLESS }],
  [3, { name: 'UNKNOWN_TOPIC_OR_PARTITION', reason: 'no_topic' }],
  [5, { name: 'LEADER_NOT_AVAILABLE', reason: 'not_leader' }],
  [6, { name: 'NOT_LEADER_OR_FOLLOWER', reason: 'not_leader' }],
  [7, { name: 'REQUEST_TIMED_OUT', reason: 'timeout' }],
  [8, { name: 'BROKER_NOT_AVAILABLE', reason: 'connect' }],
  [9, { name: 'REPLICA_NOT_AVAILABLE', reason: 'not_leader' }],
  [10, { name: 'MESSAGE_TOO_LARGE', reason: 'too_large', cure: "raise the topic's max.message.bytes" }],
  [13, { name: 'NETWORK_EXCEPTION', reason: 'connect' }],
  [17, { name: 'INVALID_TOPIC_EXCEPTION', reason: 'no_topic' }],
  [18, { name: 'RECORD_LIST_TOO_LARGE', reason: 'too_large', cure: "raise the topic's segment.bytes" }],
  [19, { name: 'NOT_ENOUGH_REPLICAS', reason: 'not_enough_replicas' }],
  [20, { name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', reason: 'not_enough_replicas' }],
  [29, { name: 'TOPIC_AUTHORIZATION_FAILED', reason: 'authorization' }],
  [31, { name: 'CLUSTER_AUTHORIZATION_FAILED', reason: 'authorization' }],
  [
    INVALID_TIMESTAMP,
    {
      name: 'INVALID_TIMESTAMP',
      reason: 'invalid_record',
      cure: "correct the upstream's times or TIMESTAMP_FIELD, or widen the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms",
    },
  ],
  [33, { name: 'UNSUPPORTED_SASL_MECHANISM', reason: 'authentication' }],
  [34, { name: 'ILLEGAL_SASL_STATE', reason: 'authentication' }],
  [35, { name: 'UNSUPPORTED_VERSION', reason: 'response' }],
  [42, { name: 'INVALID_REQUEST', reason: 'response' }],
  [43, { name: 'UNSUPPORTED_FOR_MESSAGE_FORMAT', reason: 'response' }],
  [53, { name: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', reason: 'authorization' }],
  [56, { name: 'KAFKA_STORAGE_ERROR', reason: 'not_leader' }],
  [57, { name: 'LOG_DIR_NOT_FOUND', reason: 'not_leader' }],
  [58, { name: 'SASL_AUTHENTICATION_FAILED', reason: 'authentication' }],
  [65, { name: 'DELEGATION_TOKEN_AUTHORIZATION_FAILED', reason: 'authorization' }],
  [72, { name: 'LISTENER_NOT_FOUND', reason: 'not_leader' }],
  [74, { name: 'FENCED_LEADER_EPOCH', reason: 'not_leader' }],
  [75, { name: 'UNKNOWN_LEADER_EPOCH', reason: 'not_leader' }],
  [76, { name: 'UNSUPPORTED_COMPRESSION_TYPE', reason: 'response' }],
  [87, { name: 'INVALID_RECORD', reason: 'invalid_record', cure: KEYLESS }],
  [100, { name: 'UNKNOWN_TOPIC_ID', reason: 'no_topic' }],
  [103, { name: 'INCONSISTENT_TOPIC_ID', reason: 'not_leader' }],
])

/** What `code` means. A code that is not listed is `unknown`: held and tried again. */
export function protocolCode(code: number): ProtocolCode {
  return CODES.get(code) ?? { name: `error code ${code}`, reason: 'unknown' }
}
