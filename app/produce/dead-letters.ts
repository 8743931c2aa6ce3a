/** Refused documents to their dead letter topics: the message as it came, and in headers what was wrong with it. */

import { createHash } from 'node:crypto'
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { printable } from '../lib/printable.ts'
import { STOPPED } from '../lib/stopped.ts'
import type { DeadLetter, DeadLetters, Destination, KafkaRecord, Outlet, Settlement, TopicUse } from '../model.ts'
import { deadLetterHeaders as names } from './dead-letter-headers.ts'
import { type OptionalTopic, optionalTopic } from './optional-topic.ts'

/** Bytes of an error that are kept. */
const ERROR_BYTES = 500
const NOTHING = Buffer.alloc(0)

/** What all feeds have in common. */
export interface DeadLetterOptions {
  /** The topic of all feeds, which must be there; without it each schema's own is used where it is there. */
  readonly topic: string | undefined
  /** What to say where that topic does not serve. */
  readonly use?: TopicUse
  /** Most bytes of a message that are kept; 0 keeps its length and hash only. */
  readonly maxBytes: number
  /** Version of the daemon. */
  readonly version: string
  /** A dry run: a topic that need not be there is not there. */
  readonly isOffline?: boolean
  /** Milliseconds between two looks for a topic that need not be there. */
  readonly lookEveryMs?: number
  readonly clock: Clock
  /** Takes the secrets of a feed out of the error that a header names. */
  readonly hide: (text: string, feed: string) => string
}

/**
 * `of` answers where the refused documents of a feed with the given schema go; `topicOf` names their
 * topic, in use or not; `forget` ends the looking for that of a schema that no feed has any more; `close` ends all looking.
 */
export interface DeadLetterDesk {
  of(schema: string): DeadLetters
  topicOf(schema: string): string
  forget(schema: string): void
  close(): Promise<void>
}

/** Opens the desk over `outlet`. */
export function openDeadLetters(outlet: Outlet, options: DeadLetterOptions, emit: Emit): DeadLetterDesk {
  const byTopic = new Map<string, Desk>()
  const write = writer(outlet, options)
  const topicOf = (schema: string): string => options.topic ?? `${schema}.dead-letter`
  const open = (topic: string): Desk => {
    const stop = new AbortController()
    if (options.topic !== undefined) return { letters: toRequired(topic, outlet, options.use, write), stop }
    const optional = optionalTopic({
      find: async () => options.isOffline !== true && outlet.find(topic),
      changed: (inUse) => emit({ type: 'dead_letters.looked_up', topic, inUse }),
      everyMs: options.lookEveryMs,
      signal: stop.signal,
    })
    return { letters: toOptional(topic, optional, write), stop }
  }
  return {
    of(schema) {
      const topic = topicOf(schema)
      const known = byTopic.get(topic) ?? open(topic)
      byTopic.set(topic, known)
      return known.letters
    },
    topicOf,
    forget(schema) {
      if (options.topic !== undefined) return
      const topic = topicOf(schema)
      byTopic.get(topic)?.stop.abort(STOPPED)
      byTopic.delete(topic)
    },
    close: async () => {
      for (const { stop } of byTopic.values()) stop.abort(STOPPED)
    },
  }
}

interface Desk {
  readonly letters: DeadLetters
  readonly stop: AbortController
}

type Write = (topic: string, letter: DeadLetter, settlement: Settlement) => void

function toRequired(topic: string, outlet: Outlet, use: TopicUse | undefined, write: Write): DeadLetters {
  return {
    topic,
    prepare: () => outlet.open(topic, use),
    take(letter, settlement) {
      write(topic, letter, settlement)
      return true
    },
  }
}

function toOptional(topic: string, optional: OptionalTopic, write: Write): DeadLetters {
  return {
    get topic() {
      return optional.inUse ? topic : undefined
    },
    prepare: optional.prepare,
    take(letter, settlement) {
      if (optional.inUse) write(topic, letter, settlement)
      return optional.inUse
    },
  }
}

/** Hands a letter to the outlet; one that the topic will not take is cut down to its headers and handed over once more. */
function writer(outlet: Outlet, { maxBytes, version, clock, hide }: DeadLetterOptions): Write {
  const versionHeader = header(names.version, version)
  return (topic, letter, settlement) => {
    const { message, expiresAt } = letter
    const destination: Destination = { topic, subject: '', key: null, hash: message.source.hash }
    const whole: KafkaRecord = {
      key: null,
      value: message.data.subarray(0, maxBytes),
      timestamp: clock.receivedAt(message),
      isReceiveTime: true,
      headers: [...headersOf(letter, clock, hide), versionHeader],
      expiresAt,
    }
    outlet.add(destination, whole, {
      produced: (records) => settlement.produced(records),
      expired: (records) => settlement.expired(records),
      refused(...why) {
        if (whole.value.length === 0) settlement.refused(...why)
        else outlet.add(destination, { ...whole, value: NOTHING }, settlement)
      },
    })
  }
}

function headersOf(letter: DeadLetter, clock: Clock, hide: DeadLetterOptions['hide']): (readonly [string, Buffer])[] {
  const { message, refused, schemaId } = letter
  const { source, data, receivedAt } = message
  const corrected = clock.receivedAt(message)
  const [first] = refused
  return [
    header(names.feed, source.feed),
    header(names.source, source.shown),
    header(names.reason, first?.reason ?? ''),
    header(names.error, printable(hide(first?.error ?? '', source.feed), ERROR_BYTES)),
    header(names.receivedAt, new Date(corrected).toISOString()),
    ...(corrected === receivedAt ? [] : [header(names.receivedAtRaw, new Date(receivedAt).toISOString())]),
    header(names.length, `${data.length}`),
    header(names.sha256, createHash('sha256').update(data).digest('hex')),
    ...(schemaId === undefined ? [] : [header(names.schemaId, `${schemaId}`)]),
    ...numbersOf(letter),
  ]
}

/** Which documents of the message it is about, and by which steps they have their numbers. */
function numbersOf({ refused, numbers, shape }: DeadLetter): (readonly [string, Buffer])[] {
  if (numbers === undefined) return []
  const byReason = Object.fromEntries(refused.map((part) => [part.reason, part.numbers]))
  return [
    header(names.document, numbers),
    header(names.documents, JSON.stringify(byReason)),
    header(names.shape, shape),
  ]
}

function header(name: string, text: string): readonly [string, Buffer] {
  return [name, Buffer.from(text)]
}
