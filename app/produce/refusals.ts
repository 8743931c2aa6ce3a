/** What becomes of a request that the broker refused for its records. */
import { Unavailable } from '../errors.ts'
import type { KafkaRecord, Refusal } from '../model.ts'
import type { ProduceAnswer } from './kafka-client.ts'
import { brokerError } from './kafka-errors.ts'
import { INVALID_TIMESTAMP, protocolCode } from './protocol-codes.ts'

/** The only codes that speak of records: all others are about the partition, the broker or us. */
const REASONS: ReadonlyMap<string, Refusal['reason']> = new Map([
  ['too_large', 'too_large'],
  ['invalid_record', 'broker_refused'],
])
/** Most characters of the broker's words that are shown. */
const MAX_WORDS = 200

/** The records of one request. */
export interface Attempt {
  readonly records: readonly KafkaRecord[]
  /** Where each stands in the caller's array; undefined: at the same index. */
  readonly indexes: readonly number[] | undefined
  /** Those with our time have the broker's by now. */
  readonly hasBrokerTime: boolean
}

/** Whether a request was refused for its records, so that a request without them may succeed. */
export function speaksOfRecords({ code }: ProduceAnswer): boolean {
  return REASONS.has(protocolCode(code).reason)
}

/**
 * Adds the records at fault to `refusals` and returns the request without them. A record whose time is ours is not at fault: it
 * goes again, once, with the broker's time `now` (milliseconds since the epoch; undefined: not known). The returned request has
 * fewer records or other times. Throws `Unavailable`: `invalid_record` or `too_large` where the broker does not say which of
 * several records it is, `clock` where our time is refused and the broker's does not help.
 */
export function afterRefusal(
  answer: ProduceAnswer,
  { records, indexes, hasBrokerTime }: Attempt,
  now: number | undefined,
  refusals: Refusal[],
): Attempt {
  const faulty = atFault(answer, records.length)
  const ours = withOurTime(answer, records, faulty ?? [...records.keys()])
  const retimes = ours.size > 0 && !hasBrokerTime && now !== undefined
  if (faulty === undefined && !retimes) throw brokerError(answer.code, answer.message)
  if (faulty !== undefined && ours.size > 0 && !retimes) throw clockError(answer)
  const gone = new Set(faulty?.filter((index) => !ours.has(index)))
  const why = refusalBy(answer)
  for (const index of gone) refusals.push({ index: indexes?.[index] ?? index, ...why(index) })
  const left = [...records.keys()].filter((index) => !gone.has(index))
  return {
    records: left.map((index) => withTime(records[index] as KafkaRecord, ours.has(index) ? now : undefined)),
    indexes: left.map((index) => indexes?.[index] ?? index),
    hasBrokerTime: hasBrokerTime || retimes,
  }
}

/** Whether the request holds records whose time is ours and may be what was refused. */
export function concernsOurTime(answer: ProduceAnswer, { records, hasBrokerTime }: Attempt): boolean {
  const asked = atFault(answer, records.length) ?? [...records.keys()]
  return !hasBrokerTime && withOurTime(answer, records, asked).size > 0
}

/** The indexes that the broker names, each once and within the request; the only one there is; undefined where it does not say. */
function atFault({ recordErrors }: ProduceAnswer, count: number): readonly number[] | undefined {
  const named = new Set(recordErrors.map(({ index }) => index).filter((index) => index >= 0 && index < count))
  if (named.size > 0) return [...named]
  return count === 1 ? [0] : undefined
}

function withOurTime(
  { code }: ProduceAnswer,
  records: readonly KafkaRecord[],
  indexes: readonly number[],
): ReadonlySet<number> {
  return new Set(code === INVALID_TIMESTAMP ? indexes.filter((index) => records[index]?.isReceiveTime) : [])
}

function withTime(record: KafkaRecord, timestamp: number | undefined): KafkaRecord {
  return timestamp === undefined ? record : { ...record, timestamp }
}

/** Why each record is refused: the broker's code and words, and what can be done. */
function refusalBy({ code, message, recordErrors }: ProduceAnswer): (index: number) => Omit<Refusal, 'index'> {
  const { name, reason, cure } = protocolCode(code)
  const words = new Map(recordErrors.map(({ index, message: said }) => [index, said]))
  return (index) => {
    const said = words.get(index) ?? message
    const detail = `${name} (${code})${said ? `: ${said.slice(0, MAX_WORDS)}` : ''}${cure ? `; ${cure}` : ''}`
    return { reason: REASONS.get(reason) ?? 'broker_refused', detail }
  }
}

function clockError({ code, message }: ProduceAnswer): Unavailable {
  const { message: said } = brokerError(code, message)
  return new Unavailable('clock', `${said}; set the clock of this machine, or that of the broker`, { code })
}
