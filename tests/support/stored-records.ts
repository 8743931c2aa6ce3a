/** Records of a dead-letter topic without a Kafka. */
import type { StoredRecord } from '../../app/produce/topic-reader.ts'
import { deadLetter, type LetterText } from './dead-letters.ts'

/** A dead letter as a reader hands it over. */
export function stored(letter: LetterText, offset = 0n): StoredRecord {
  const { value, timestamp, headers } = deadLetter(letter)
  return {
    topic: 'dead-letters',
    partition: 0,
    offset,
    timestamp: Number(timestamp),
    value,
    headers: new Map(Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))])),
  }
}
