/** A compiled schema, as encoders use it. */
import { document, type Fault, type TypeNode, written } from './node.ts'
import { Tap } from './tap.ts'

/** Thrown for a document that does not fit; shared, because it says nothing of the document and a stack costs more than a record. */
export const MISMATCH = new Error('does not fit the schema')

/** What a plan needs of its root. */
export class Plan {
  readonly root: TypeNode
  readonly #tap = new Tap()

  constructor(root: TypeNode) {
    this.root = root
  }

  /**
   * Writes `value` at `position`; `written` tells what was left out. Returns the end, or, when it does not fit into the buffer,
   * minus the bytes that are missing. Throws `MISMATCH`, and a RangeError for what is nested too deeply.
   */
  encode(value: unknown, buffer: Buffer, position: number): number {
    const tap = this.#tap
    tap.buffer = buffer
    tap.position = position
    begin()
    if (!this.root.write(tap, value)) throw MISMATCH
    return tap.position <= buffer.length ? tap.position : buffer.length - tap.position
  }

  /** Where `value` does not fit first; undefined where it does. Throws a RangeError for what is nested too deeply. */
  fault(value: unknown): Fault | undefined {
    document.number++
    return this.root.fault(value, [])
  }
}

function begin(): void {
  document.number++
  written.undeclared = 0
  written.defaulted = 0
  written.converted = 0
}
