/** What an error of the NATS library means to us, told by its class and the codes of the JetStream API. */

import { Unavailable, type UnavailableReason } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import type { Diagnosis } from './kafka-errors.ts'
import { errors, JetStreamApiCodes, JetStreamApiError } from './nats-library.ts'

/** "Expected stream does not match": the subject is another stream's now. */
const OTHER_STREAM = 10060
/** "Message size exceeds maximum allowed": of the stream (`max_msg_size`). */
const STREAM_MAX_SIZE = 10054
const MAX_DETAIL = 200

/** Whether there is no stream that covers a subject, or no JetStream at all. */
export function isUncovered(error: unknown): boolean {
  const isNotFound = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound
  // Its class is not exported.
  return isNotFound || (error instanceof Error && error.name === 'JetStreamNotEnabled')
}

/** Whether the stream of a subject is another one now. */
export function isOtherStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === OTHER_STREAM
}

/** What to do about a record that the server, or its stream, will never take for its size; undefined for any other error. */
export function sizeTrouble(error: unknown): string | undefined {
  if (error instanceof JetStreamApiError && error.code === STREAM_MAX_SIZE) {
    return 'the record is larger than the stream takes; raise its max_msg_size'
  }
  if (error instanceof errors.InvalidArgumentError && /max_payload/.test(error.message)) {
    return `the record is larger than the server takes; ${RAISE}`
  }
  return undefined
}

/** What an operator can do about a limit of the server. */
export const RAISE = 'raise max_payload of the NATS server'

/** Says what is wrong, with a cure that calls settings by `names`. Never throws. */
export function natsDiagnosis(names: GivenNames): (thrown: unknown) => Diagnosis {
  return (thrown) => {
    if (thrown instanceof Unavailable) {
      const answered = !UNANSWERED.has(thrown.reason)
      return { error: thrown, answered, broken: !answered }
    }
    const { reason, what, cure, answered } = meaningOf(thrown, names)
    const error = new Unavailable(reason, `${what}: ${textOf(thrown)}`, { cure, cause: thrown })
    // A client that may still hold something must never send it behind what comes later.
    return { error, answered, broken: !answered }
  }
}

const UNANSWERED: ReadonlySet<UnavailableReason> = new Set(['connect', 'timeout', 'authentication'])

interface Meaning {
  readonly reason: UnavailableReason
  readonly what: string
  readonly cure: string
  /** By the server: the connection is good. */
  readonly answered: boolean
}

function meaningOf(caught: unknown, names: GivenNames): Meaning {
  const called = (name: string): string => settingName(names, name)
  const thrown = caught instanceof errors.RequestError ? (caught.cause ?? caught) : caught
  if (thrown instanceof errors.PermissionViolationError) {
    const cure = `let this user publish it, and ask $JS.API.STREAM.NAMES and .INFO, or set ${called('NATS_MODE')}=core`
    return { reason: 'authorization', what: 'NATS does not permit this', cure, answered: true }
  }
  if (thrown instanceof JetStreamApiError) {
    const cure = 'make room in the stream, raise its limits, or see the log of the server'
    return { reason: 'unknown', what: `the stream does not take it now (${thrown.code})`, cure, answered: true }
  }
  if (thrown instanceof errors.AuthorizationError || thrown instanceof errors.UserAuthenticationExpiredError) {
    const cure = `check user info in ${called('NATS_URL')}, ${called('NATS_CREDS_FILE')} or ${called('NATS_TOKEN')}`
    return { reason: 'authentication', what: 'NATS and we could not authenticate each other', cure, answered: false }
  }
  const cure = `check ${called('NATS_URL')}, and that NATS runs and can be reached from here`
  if (thrown instanceof errors.TimeoutError) {
    return { reason: 'timeout', what: 'NATS did not answer in time', cure, answered: false }
  }
  return { reason: 'connect', what: 'NATS cannot be reached', cure, answered: false }
}

function textOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replaceAll(/\s+/g, ' ').slice(0, MAX_DETAIL)
}
