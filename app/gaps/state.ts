/** What must outlive the process to know its gaps: a small file beside the lane of each feed. */
import { open, readFile, rename, stat } from 'node:fs/promises'
import { errorCode } from '../lib/error-code.ts'
import { isObject } from '../lib/json-value.ts'
import { parseExactly, stringifyExactly } from '../lib/lossless-json.ts'
import { MOST_WAITING } from './outbox.ts'
import type { GapRecord } from './record.ts'
import type { OpenGap, SavedSource } from './track.ts'
import type { SavedFeed } from './tracker.ts'
import { wholeOf } from './whole.ts'

const VERSION = 1

/** What is kept of one feed. */
export interface GapState extends SavedFeed {
  /** Gaps that have ended, and whose records no lane has kept for sure. */
  readonly records: readonly GapRecord[]
}

/** Undefined when there is none. Throws an `Error` with a sentence when there is one that cannot be used. Waits for the disk. */
export async function readState(path: string): Promise<GapState | undefined> {
  let text: string
  try {
    // A pipe would be waited for.
    if (!(await stat(path)).isFile()) throw new Error('no file')
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new Error(`${path} cannot be read (${errorCode(error)})`)
  }
  const state = parse(text)
  if (!state) throw new Error(`${path} is not what was written there`)
  return state
}

/** Replaces the file as a whole, so that a reader finds the old one or the new one. `flush`: the disk has it before that. Rejects when the disk does not take it. */
export async function writeState(path: string, state: GapState, flush: boolean): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w', 0o640)
  try {
    await file.writeFile(stringifyExactly({ version: VERSION, ...state, sources: [...state.sources] }))
    if (flush) await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

function parse(text: string): GapState | undefined {
  try {
    const value = parseExactly(text) as Record<string, unknown>
    const { version, stopped, sources, records } = value
    if (version !== VERSION || typeof stopped !== 'boolean' || !Array.isArray(sources) || !Array.isArray(records)) {
      return undefined
    }
    if (!sources.every(isEntry) || !records.every(isRecord) || records.length > MOST_WAITING) return undefined
    return { stopped, sources: new Map(sources), records: records.map(withNumbers) }
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): value is [string, SavedSource] {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !isObject(value[1])) return false
  const { keptUntil, lastMessageAt, gap } = value[1]
  return isTime(keptUntil) && isTime(lastMessageAt) && (gap === undefined || isGap(gap))
}

function isGap(value: unknown): value is OpenGap {
  if (!isObject(value)) return false
  const { reason, beganAt, lastMessageAt, code, dials } = value
  const isCode = code === undefined || Number.isInteger(code)
  return typeof reason === 'string' && isTime(beganAt) && isTime(lastMessageAt) && isCode && Number.isInteger(dials)
}

function isRecord(value: unknown): value is GapRecord {
  if (!isObject(value)) return false
  const { feed, source, reason, began_at, ended_at } = value
  return [feed, source, reason].every((text) => typeof text === 'string') && isTime(began_at) && isTime(ended_at)
}

/** Those beyond 2^53 as they were before they were written. */
function withNumbers(record: GapRecord): GapRecord {
  const { sequence_from: from, sequence_to: to } = record
  return { ...record, sequence_from: wholeOf(from) ?? null, sequence_to: wholeOf(to) ?? null }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
