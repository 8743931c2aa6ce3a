/** Record headers: none unless asked for. */
import type { Clock } from '../lib/clock.ts'
import type { KafkaRecord, Message, SourceInfo } from '../model.ts'

type Header = readonly [name: string, value: Buffer]

/** The names that may be asked for, and what each says. */
export const recordHeaders = {
  feed: (message: Message): string => message.source.feed,
  source: (message: Message): string => message.source.shown,
  'received-at': (message: Message, clock: Clock): string => new Date(clock.receivedAt(message)).toISOString(),
} as const

/** A function that makes the headers `names` of a message's records; undefined when there are none, so that nothing is done per record. */
export function headersOf(
  names: readonly (keyof typeof recordHeaders)[],
  clock: Clock,
): ((message: Message) => KafkaRecord['headers']) | undefined {
  if (names.length === 0) return undefined
  const constant = new WeakMap<SourceInfo, Map<string, Header>>()
  return (message) =>
    names.map((name) =>
      name === 'received-at' ? header(name, message, clock) : remembered(constant, name, message, clock),
    )
}

function remembered(
  constant: WeakMap<SourceInfo, Map<string, Header>>,
  name: keyof typeof recordHeaders,
  message: Message,
  clock: Clock,
): Header {
  const known = constant.get(message.source) ?? new Map<string, Header>()
  constant.set(message.source, known)
  const made = known.get(name) ?? header(name, message, clock)
  known.set(name, made)
  return made
}

function header(name: keyof typeof recordHeaders, message: Message, clock: Clock): Header {
  return [name, Buffer.from(recordHeaders[name](message, clock))]
}
