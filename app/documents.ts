/** Parses a message and normalises its documents. */
import { Rejected } from './errors.ts'
import { isObject } from './lib/json-value.ts'
import type { Slice } from './lib/slice.ts'
import type { Matcher } from './lib/subset.ts'
import { type Document, Lines, type Message, type Normaliser, type Parser } from './model.ts'
import type { FindRecords } from './shape/records.ts'

/** The steps from message to documents, and the most documents per message. */
export interface DocumentSteps {
  /** Matches control messages, which are counted as ignored before all steps except `watch`. */
  readonly ignore?: Matcher | undefined
  /** Matches data; all other messages are control. */
  readonly only?: Matcher | undefined
  readonly parse: Parser
  /** Finds the documents in a message. If set, `ignore` and `only` apply to the message, not to its documents. */
  readonly records?: FindRecords | undefined
  readonly normalise: readonly Normaliser[]
  readonly maxDocuments: number
  /** Called with every document before normalising, in order; never throws. */
  readonly watch?: ((document: Document, message: Message) => void) | undefined
}

/** Candidates of a message with several documents, or of a document split by a normaliser. `step`: index of the next normaliser. */
export class Several {
  readonly candidates: readonly unknown[]
  readonly step: number

  constructor(candidates: readonly unknown[], step: number) {
    this.candidates = candidates
    this.step = step
  }
}

/** No document. `reason` is undefined if a normaliser returned nothing. */
export class Ignored {
  readonly reason: string | undefined

  constructor(reason?: string) {
    this.reason = reason
  }
}

/** The step of an unprocessed line. */
const LINE = -1

const CONTROL = new Ignored('control')
const NOTHING = new Ignored()

/** The result for a candidate: a document, nothing, or a refusal. */
export type Outcome = Document | Ignored | Rejected

/** Parses a message and normalises a single document; returns `Several` unprocessed. Throws `Rejected`. */
export function documentOf(message: Message, steps: DocumentSteps): Document | Several | Ignored {
  if (steps.ignore?.text(message.data)) return CONTROL
  const found = steps.parse(message)
  return found instanceof Lines ? new Several(found.values, LINE) : whole(found, message, steps)
}

/** Processes a parsed message, or a line of an NDJSON message. */
function whole(found: unknown, message: Message, steps: DocumentSteps): Document | Several | Ignored {
  if (!steps.records) return Array.isArray(found) ? new Several(found, 0) : begun(found as Document, message, steps)
  if (isControl(found, steps)) return CONTROL
  const records = steps.records(found)
  if (!Array.isArray(records)) return begun(records as Document, message, steps)
  return records.length === 0 ? NOTHING : new Several(records, 0)
}

/** Only objects can be control; other values are data or refused. */
function isControl(found: unknown, { ignore, only }: DocumentSteps): boolean {
  return isObject(found) && (ignore?.value(found) || (only !== undefined && !only.value(found)))
}

/**
 * Returns the outcomes of several candidates, in order. The index of an outcome is the number of its document. Yields to the event
 * loop between candidates. Throws `Rejected` (`too_many_documents`) above `maxDocuments`.
 */
export async function outcomesOf(
  several: Several,
  message: Message,
  steps: DocumentSteps,
  slice: Slice,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const open = [{ ...several, at: 0 }]
  let pending = several.candidates.length
  for (let group = open.at(-1); group; group = open.at(-1)) {
    if (outcomes.length + pending > steps.maxDocuments) throw tooMany(steps.maxDocuments)
    if (group.at === group.candidates.length) {
      open.pop()
      continue
    }
    if (slice.isOver(message.data.length / several.candidates.length)) await slice.yield()
    const outcome = outcomeOf(group.candidates[group.at++], group.step, message, steps)
    pending--
    if (outcome instanceof Several) {
      open.push({ ...outcome, at: 0 })
      pending += outcome.candidates.length
    } else outcomes.push(outcome)
  }
  return outcomes
}

/** A candidate of step 0 is an element of the message's array and may have any type. */
function outcomeOf(candidate: unknown, step: number, message: Message, steps: DocumentSteps): Outcome | Several {
  try {
    if (step === LINE) return whole(candidate, message, steps)
    if (!isObject(candidate)) return notAnObject(candidate, step, steps)
    return step === 0 ? begun(candidate, message, steps) : normalised(candidate, step, message, steps)
  } catch (error) {
    if (error instanceof Rejected) return error
    throw error
  }
}

function notAnObject(candidate: unknown, step: number, { ignore }: DocumentSteps): Ignored | Rejected {
  if (step === 0 && ignore?.value(candidate)) return CONTROL
  return new Rejected('not_an_object', 'an element of the array is not an object')
}

/** Starts the steps of a document from the upstream. */
function begun(document: Document, message: Message, steps: DocumentSteps): Document | Several | Ignored {
  steps.watch?.(document, message)
  return !steps.records && isControl(document, steps) ? CONTROL : normalised(document, 0, message, steps)
}

function normalised(
  document: Document,
  from: number,
  message: Message,
  { normalise }: DocumentSteps,
): Document | Several | Ignored {
  let present = document
  for (let step = from; step < normalise.length; step++) {
    const result = normalise[step]?.(present, message)
    if (result === undefined) return NOTHING
    if (Array.isArray(result)) return result.length === 0 ? NOTHING : new Several(result, step + 1)
    present = result as Document
  }
  return present
}

/** The refusal of a message that holds more than `most` documents. */
export function tooMany(most: number): Rejected {
  return new Rejected('too_many_documents', `more than ${most} documents in one message (MAX_DOCUMENTS)`)
}
