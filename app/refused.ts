/** Collects the refused documents of a message for a single dead letter. */
import { Ranges } from './lib/ranges.ts'
import type { DeadLetter, Message } from './model.ts'

/** A reason's first error and the numbers of all its documents. */
interface Group {
  readonly error: string
  readonly numbers: (number | undefined)[]
}

/** Collects the documents of `message` that a stage refused. */
export class Refused {
  readonly message: Message
  readonly #groups = new Map<string, Group>()
  #documents = 0

  constructor(message: Message) {
    this.message = message
  }

  /** `index`: number of the document, in any order; undefined if the message is one document. */
  add(reason: string, error: string, index: number | undefined): void {
    const group = this.#groups.get(reason) ?? { error, numbers: [] }
    this.#groups.set(reason, group)
    group.numbers.push(index)
    this.#documents++
  }

  get documents(): number {
    return this.#documents
  }

  /** Returns the refusals by reason, ordered by first occurrence. */
  parts(): DeadLetter['refused'] {
    return [...this.#groups].map(([reason, { error, numbers }]) => ({
      reason,
      error,
      documents: numbers.length,
      numbers: textOf(numbers),
    }))
  }

  /** Numbers of all documents; undefined if the message is one document. */
  get numbers(): string | undefined {
    return textOf([...this.#groups.values()].flatMap(({ numbers }) => numbers))
  }
}

function textOf(numbers: readonly (number | undefined)[]): string | undefined {
  const ranges = new Ranges()
  for (const number of numbers.toSorted((a = 0, b = 0) => a - b)) {
    if (number === undefined) return undefined
    ranges.add(number)
  }
  return ranges.toString()
}
