/** Reads dead letters from records, and finds flaws that prevent sending. */
import { hash } from 'node:crypto'
import { printable } from '../lib/printable.ts'
import { parseRanges, type Ranges } from '../lib/ranges.ts'
import { deadLetterHeaders } from '../produce/dead-letter-headers.ts'
import type { StoredRecord } from '../produce/topic-reader.ts'

/**
 * Why a record can never be sent. `truncated`: the value is shorter than the message. `damaged`: the value does not match the
 * hash in the header. `foreign`: not a dead letter of Tributary.
 */
export type LetterFlaw = 'truncated' | 'damaged' | 'foreign'

/** The part of a dead letter for one reason. */
export interface Letter {
  /** Empty for a foreign record. */
  readonly feed: string
  /** Original reason of refusal; empty for a foreign record. */
  readonly reason: string
  readonly sourceId: string
  /** Receive time of the message, milliseconds since the epoch. */
  readonly receivedAt: number
  /** The whole message, unless the letter has a flaw. */
  readonly data: Buffer
  /** Numbers of the refused documents within the message; undefined when the message is one document. */
  readonly numbers: Ranges | undefined
  /** Identifies the steps that numbered the documents; undefined in letters written before 0.2.0. */
  readonly shape: string | undefined
  readonly flaw: LetterFlaw | undefined
}

/** Most bytes shown of a name. */
const MAX_NAME_BYTES = 100
/** Most reasons in a letter written by Tributary. */
const MAX_REASONS = 50

/** Returns the number of documents of a letter. */
export function documentsOf({ numbers }: Letter): number {
  return numbers?.count ?? 1
}

/**
 * Reads a record and hashes its value. Returns a letter per reason, or with `whole` a single letter without numbers.
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

/** Returns undefined for headers of another form than Tributary writes. */
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
