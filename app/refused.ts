/** Refused documents of one message, gathered: one dead letter tells of all of them. */
import { Ranges } from './lib/ranges.ts'
import type { DeadLetter, Message } from './model.ts'

/** What is said of one reason: the error of its first document, and the numbers of all. */
interface Group {
  readonly error: string
  readonly numbers: (number | undefined)[]
}

/** Gathers what one stage refused of `message`. */
export class Refused {
  readonly message: Message
  readonly #groups = new Map<string, Group>()
  #documents = 0

  constructor(message: Message) {
    this.message = message
  }

  /** `index`: the number of the document, in any order; undefined where the message is one document. */
  add(reason: string, error: string, index: number | undefined): void {
    const group = this.#groups.get(reason) ?? { error, numbers: [] }
    this.#groups.set(reason, group)
    group.numbers.push(index)
    this.#documents++
  }

  get documents(): number {
    return this.#documents
  }

  /** By reason, in the order in which each came first. */
  parts(): DeadLetter['refused'] {
    return [...this.#groups].map(([reason, { error, numbers }]) => ({
      reason,
      error,
      documents: numbers.length,
      numbers: textOf(numbers),
    }))
  }

  /** All numbers; undefined where the message is one document. */
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
