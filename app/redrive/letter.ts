/** A dead letter as its topic has it, and whether it can be sent at all. */
import { hash } from 'node:crypto'
import { printable } from '../lib/printable.ts'
import { deadLetterHeaders } from '../produce/dead-letter-headers.ts'
import type { StoredRecord } from '../produce/topic-reader.ts'

/**
 * Why a record can never be sent. `truncated`: the topic holds less than the whole message. `damaged`: not the bytes whose
 * hash its header names. `foreign`: not a dead letter of ours.
 */
export type Flaw = 'truncated' | 'damaged' | 'foreign'

/** One dead letter. */
export interface Letter {
  /** Empty when it is foreign. */
  readonly feed: string
  /** Why it was refused then; empty when it is foreign. */
  readonly reason: string
  readonly sourceId: string
  /** When the message was received, milliseconds since the epoch. */
  readonly receivedAt: number
  /** The whole message, unless there is a flaw. */
  readonly data: Buffer
  /** Which element of the message's array it is about; undefined for the whole message. */
  readonly document: number | undefined
  readonly flaw: Flaw | undefined
}

/** Most bytes of a name that is shown. */
const MAX_NAME_BYTES = 100

/** Reads a record; hashes its value. Never throws. */
export function letterOf({ headers, value, timestamp }: StoredRecord): Letter {
  const text = (name: keyof typeof deadLetterHeaders): string | undefined =>
    headers.get(deadLetterHeaders[name])?.toString()
  const data = value ?? Buffer.alloc(0)
  const document = text('document')
  return {
    feed: printable(text('feed') ?? '', MAX_NAME_BYTES),
    reason: printable(text('reason') ?? '', MAX_NAME_BYTES),
    sourceId: text('source') ?? '',
    receivedAt: time(text('receivedAt')) ?? timestamp,
    data,
    document: document === undefined ? undefined : Number(document),
    flaw: flawOf(data, text('length'), text('sha256'), Boolean(text('feed') && text('reason'))),
  }
}

function flawOf(
  data: Buffer,
  length: string | undefined,
  sha256: string | undefined,
  isOurs: boolean,
): Flaw | undefined {
  if (!isOurs) return 'foreign'
  if (data.length < Number(length)) return 'truncated'
  return data.length === Number(length) && hash('sha256', data) === sha256?.toLowerCase() ? undefined : 'damaged'
}

function time(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : at
}
