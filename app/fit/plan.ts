/** A compiled schema for encoders. */
import { document, type Fault, type TypeNode, written } from './node.ts'
import { Tap } from './tap.ts'

/**
 * Thrown for a document that does not fit. Shared, because a stack costs more than a record and the error has no
 * details.
 */
export const MISMATCH = new Error('does not fit the schema')

/** Encodes documents with a compiled schema. */
export class Plan {
  readonly root: TypeNode
  readonly #tap = new Tap()

  constructor(root: TypeNode) {
    this.root = root
  }

  /**
   * Writes `value` at `position` and updates `written`. Returns the end, or minus the number of missing bytes if the
   * buffer is too small. Throws `MISMATCH`, and a RangeError for too deep nesting.
   */
  encode(value: unknown, buffer: Buffer, position: number): number {
    const tap = this.#tap
    tap.buffer = buffer
    tap.position = position
    begin()
    if (!this.root.write(tap, value)) throw MISMATCH
    return tap.position <= buffer.length ? tap.position : buffer.length - tap.position
  }

  /** The first fault in `value`; undefined if the value fits. Throws a RangeError for too deep nesting. */
  fault(value: unknown): Fault | undefined {
    document.number++
    return this.root.fault(value, [])
  }
}

function begin(): void {
  document.number++
  written.undeclared = 0
}
