/** The documents of one message: parsed, and normalised into one, several or none. */
import { Rejected } from './errors.ts'
import { isObject } from './lib/json-value.ts'
import type { Slice } from './lib/slice.ts'
import type { Matcher } from './lib/subset.ts'
import { type Document, Lines, type Message, type Normaliser, type Parser } from './model.ts'
import type { FindRecords } from './shape/records.ts'

/** The steps that make documents, and how many a message may hold. */
export interface DocumentSteps {
  /** What is control: counted as ignored before any step but `watch` looks at it. */
  readonly ignore?: Matcher | undefined
  /** What is data: all else is control. */
  readonly only?: Matcher | undefined
  readonly parse: Parser
  /** Finds the documents in a message. `ignore` and `only` then look at the message alone. */
  readonly records?: FindRecords | undefined
  readonly normalise: readonly Normaliser[]
  readonly maxDocuments: number
  /** Called with every document as it was found, in order; never throws. */
  readonly watch?: ((document: Document, message: Message) => void) | undefined
}

/** A message that holds several documents, or whose document became several; `step`: the normaliser that they have still to pass. */
export class Several {
  readonly candidates: readonly unknown[]
  readonly step: number

  constructor(candidates: readonly unknown[], step: number) {
    this.candidates = candidates
    this.step = step
  }
}

/** Nothing of a message, and why; `reason` is undefined where a step mapped it to nothing. */
export class Ignored {
  readonly reason: string | undefined

  constructor(reason?: string) {
    this.reason = reason
  }
}

/** The step of a line that was not looked at yet. */
const LINE = -1

const CONTROL = new Ignored('control')
const NOTHING = new Ignored()

/** What became of a candidate: a document, nothing, or the reason why it is refused. */
export type Outcome = Document | Ignored | Rejected

/** Parses a message and normalises its document as long as it is one. Throws `Rejected`. */
export function documentOf(message: Message, steps: DocumentSteps): Document | Several | Ignored {
  if (steps.ignore?.text(message.data)) return CONTROL
  const found = steps.parse(message)
  return found instanceof Lines ? new Several(found.values, LINE) : whole(found, message, steps)
}

/** A message, or a line of one. */
function whole(found: unknown, message: Message, steps: DocumentSteps): Document | Several | Ignored {
  if (!steps.records) return Array.isArray(found) ? new Several(found, 0) : begun(found as Document, message, steps)
  if (isControl(found, steps)) return CONTROL
  const records = steps.records(found)
  if (!Array.isArray(records)) return begun(records as Document, message, steps)
  return records.length === 0 ? NOTHING : new Several(records, 0)
}

/** Objects only: what is no object is data, or refused. */
function isControl(found: unknown, { ignore, only }: DocumentSteps): boolean {
  return isObject(found) && (ignore?.value(found) || (only !== undefined && !only.value(found)))
}

/**
 * The outcomes of several candidates, in order: their number in this list is the number of the document. Gives the event loop its
 * turns. Throws `Rejected` (`too_many_documents`) when there are more than a message may hold.
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

/** A candidate of step 0 is an element of the message's array, which may be anything. */
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

/** A document as the upstream sent it. */
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

function tooMany(most: number): Rejected {
  return new Rejected('too_many_documents', `more than ${most} documents in one message (MAX_DOCUMENTS)`)
}
