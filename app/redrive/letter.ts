/** A dead letter as its topic has it, and whether it can be sent at all. */
import { hash } from 'node:crypto'
import { printable } from '../lib/printable.ts'
import { parseRanges, type Ranges } from '../lib/ranges.ts'
import { deadLetterHeaders } from '../produce/dead-letter-headers.ts'
import type { StoredRecord } from '../produce/topic-reader.ts'

/**
 * Why a record can never be sent. `truncated`: the topic holds less than the whole message. `damaged`: not the bytes whose
 * hash its header names. `foreign`: not a dead letter of ours.
 */
export type LetterFlaw = 'truncated' | 'damaged' | 'foreign'

/** What one dead letter tells of one reason. */
export interface Letter {
  /** Empty when it is foreign. */
  readonly feed: string
  /** Why the documents were refused then; empty when it is foreign. */
  readonly reason: string
  readonly sourceId: string
  /** When the message was received, milliseconds since the epoch. */
  readonly receivedAt: number
  /** The whole message, unless there is a flaw. */
  readonly data: Buffer
  /** The numbers of those documents among all of the message; undefined where the message is one document. */
  readonly numbers: Ranges | undefined
  /** Names the steps that gave the documents their numbers; undefined where the letter does not say, as those before 0.2.0. */
  readonly shape: string | undefined
  readonly flaw: LetterFlaw | undefined
}

/** Most bytes of a name that is shown. */
const MAX_NAME_BYTES = 100
/** Most reasons that a letter of ours can have. */
const MAX_REASONS = 50

/** How many documents a letter tells of. */
export function documentsOf({ numbers }: Letter): number {
  return numbers?.count ?? 1
}

/**
 * Reads a record; hashes its value. One letter per reason, or only one, without numbers, where the `whole` message is wanted.
 * Never throws.
 */
export function lettersOf({ headers, value, timestamp }: StoredRecord, whole = false): readonly Letter[] {
  const text = (name: keyof typeof deadLetterHeaders): string | undefined =>
    headers.get(deadLetterHeaders[name])?.toString()
  const data = value ?? Buffer.alloc(0)
  const reason = printable(text('reason') ?? '', MAX_NAME_BYTES)
  const parts = letterParts(reason, text('document'), text('documents'))
  const common = {
    feed: printable(text('feed') ?? '', MAX_NAME_BYTES),
    sourceId: text('source') ?? '',
    receivedAt: timeIn(text('receivedAt')) ?? timestamp,
    data,
    shape: text('shape'),
    flaw: parts ? letterFlaw(data, text('length'), text('sha256'), Boolean(text('feed') && reason)) : 'foreign',
  } as const
  if (!parts || whole) return [{ ...common, reason, numbers: undefined }]
  return parts.map((part) => ({ ...common, ...part }))
}

type LetterPart = Pick<Letter, 'reason' | 'numbers'>

/** Undefined for headers that are not as we write them. */
function letterParts(
  reason: string,
  document: string | undefined,
  documents: string | undefined,
): LetterPart[] | undefined {
  if (document === undefined) return [{ reason, numbers: undefined }]
  const entries = documents === undefined ? [[reason, document]] : jsonEntriesOf(documents)
  const parts = entries.map(([name, text]) => ({
    reason: printable(String(name), MAX_NAME_BYTES),
    numbers: parseRanges(String(text)),
  }))
  return parts.length > 0 && parts.every(({ numbers }) => numbers) ? parts : undefined
}

function jsonEntriesOf(json: string): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? Object.entries(value).slice(0, MAX_REASONS) : []
  } catch {
    return []
  }
}

function letterFlaw(
  data: Buffer,
  length: string | undefined,
  sha256: string | undefined,
  isOurs: boolean,
): LetterFlaw | undefined {
  if (!isOurs) return 'foreign'
  if (data.length < Number(length)) return 'truncated'
  return data.length === Number(length) && hash('sha256', data) === sha256?.toLowerCase() ? undefined : 'damaged'
}

function timeIn(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : at
}
