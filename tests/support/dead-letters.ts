/** Dead letters as the daemon writes them, for tests of those who read them. */
import { createHash } from 'node:crypto'
import { deadLetterHeaders } from '../../app/produce/dead-letter-headers.ts'
import { kafkaClient } from './stack.ts'

/** What a test says of a dead letter; the rest follows from the message. */
export interface LetterText {
  /** The whole message. */
  readonly message: string
  readonly feed?: string
  readonly source?: string
  readonly reason?: string
  /** Milliseconds since the epoch. */
  readonly receivedAt?: number
  readonly document?: number
  /** What the topic holds of the message; null for none of it. */
  readonly value?: Buffer | null
  /** Win over what follows from the above; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly partition?: number
}

/** A record for `producer.send`. */
export function deadLetter(letter: LetterText) {
  const { message, feed = 'quotes', source = 'ws://127.0.0.1:9/q', reason = 'encode', receivedAt = Date.now() } = letter
  const bytes = Buffer.from(message)
  const headers = {
    [deadLetterHeaders.feed]: feed,
    [deadLetterHeaders.source]: source,
    [deadLetterHeaders.reason]: reason,
    [deadLetterHeaders.error]: 'the value does not fit',
    [deadLetterHeaders.receivedAt]: new Date(receivedAt).toISOString(),
    [deadLetterHeaders.schemaId]: '1',
    [deadLetterHeaders.version]: '0.1.0',
    [deadLetterHeaders.length]: String(bytes.length),
    [deadLetterHeaders.sha256]: createHash('sha256').update(bytes).digest('hex'),
    ...(letter.document === undefined ? {} : { [deadLetterHeaders.document]: String(letter.document) }),
    ...letter.headers,
  }
  return {
    key: null,
    value: letter.value === undefined ? bytes : letter.value,
    timestamp: String(receivedAt),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
    ),
    ...(letter.partition === undefined ? {} : { partition: letter.partition }),
  }
}

/** Produces them in order and waits until they are acknowledged. */
export async function writeLetters(
  topic: string,
  letters: readonly LetterText[],
  { compression = 0, bootstrapServers }: { readonly compression?: number; readonly bootstrapServers?: string } = {},
): Promise<void> {
  const producer = kafkaClient(bootstrapServers).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  try {
    await producer.send({ topic, messages: letters.map(deadLetter), compression })
  } finally {
    await producer.disconnect()
  }
}
