/** The response to a produce request (version 9), read from the wire: the library's own reader throws away what refuses single records. */
import type { ProduceAnswer, RecordError } from './kafka-client.ts'

/** The calls of @platformatic/kafka's reader that are used here. */
export interface WireReader {
  readInt16(): number
  readInt32(): number
  readInt64(): bigint
  readString(): string
  readNullableString(): string | null
  readArray<T>(read: (reader: WireReader) => T, compact: boolean, skipTaggedFields: boolean): T[]
  readTaggedFields(): void
}

/** What the response says, less whom it concerns. */
type Said = Omit<ProduceAnswer, 'throttleMs'>

/** Where it names neither the topic nor the partition that was asked for. */
const NOTHING_SAID: Said = { code: 0, message: null, baseOffset: undefined, appendedAt: undefined, recordErrors: [] }

/**
 * Reads `[responses] throttle_time_ms` of ProduceResponse v9 and returns what it says of `partition` of `topic`. Every field is
 * read, whatever it holds. Throws what the reader throws when the bytes end too early.
 */
export function readProduceResponse(reader: WireReader, topic: string, partition: number): ProduceAnswer {
  let said = NOTHING_SAID
  reader.readArray(
    () => {
      const isOurs = reader.readString() === topic
      reader.readArray(
        () => {
          const index = reader.readInt32()
          const one = readPartition(reader)
          if (isOurs && index === partition) said = one
        },
        true,
        true,
      )
    },
    true,
    true,
  )
  const throttleMs = reader.readInt32()
  reader.readTaggedFields()
  return { ...said, throttleMs }
}

function readPartition(reader: WireReader): Said {
  const code = reader.readInt16()
  const baseOffset = reader.readInt64()
  const appendTime = Number(reader.readInt64())
  reader.readInt64()
  const recordErrors = reader.readArray(readRecordError, true, true)
  const message = reader.readNullableString()
  return { code, message, baseOffset, appendedAt: appendTime < 0 ? undefined : appendTime, recordErrors }
}

function readRecordError(reader: WireReader): RecordError {
  return { index: reader.readInt32(), message: reader.readNullableString() }
}
