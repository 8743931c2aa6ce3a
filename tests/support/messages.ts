/** Messages and sources as tests need them. */
import { murmur2 } from '../../app/lib/murmur2.ts'
import type { Message, SourceInfo } from '../../app/model.ts'

/** A source of feed `feed` with the id `id`. */
export function source(id = 'ws://localhost/a', feed = 'f'): SourceInfo {
  return { feed, id, shown: id, hash: murmur2(Buffer.from(id)) }
}

/** A message of `from` that holds `text`. */
export function message(text: string, from: SourceInfo = source(), receivedAt = 1_700_000_000_000): Message {
  return { source: from, data: Buffer.from(text), receivedAt }
}

/** `count` messages of `from`, numbered from `first`. */
export function numbered(count: number, from: SourceInfo = source(), first = 0): Message[] {
  return Array.from({ length: count }, (_, i) => message(String(first + i), from))
}

/** The texts of messages. */
export const texts = (messages: readonly Message[]): string[] => messages.map(({ data }) => data.toString())
