/** null, boolean, string and enum. */
import { plainNumberText } from '../lib/json-value.ts'
import { AS_IS, type Fault, type FitLevel, faultAt, Leaf, NO, type TypeNode } from './node.ts'
import { isText, type Tap, writeByte, writeLong, writeText } from './tap.ts'

export const nullNode: TypeNode = {
  name: 'null',
  branch: 'null',
  kind: 'null',
  fit: (value): FitLevel => (value === null ? AS_IS : NO),
  write: (_tap, value) => value === null,
  fault: (value, path): Fault | undefined => (value === null ? undefined : faultAt(path, value, nullNode)),
}

export class BooleanNode extends Leaf<boolean> {
  readonly name = 'boolean'
  readonly branch = 'boolean'
  readonly kind = 'boolean'

  protected taken(value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : undefined
  }
  protected put(tap: Tap, read: boolean): void {
    writeByte(tap, read ? 1 : 0)
  }
}

/** Converts a number to its exact digits. */
export class StringNode extends Leaf<string> {
  readonly name = 'string'
  readonly branch = 'string'
  readonly kind = 'string'

  override write(tap: Tap, value: unknown): boolean {
    return typeof value === 'string' ? writeText(tap, value) : super.write(tap, value)
  }
  protected taken(value: unknown): string | undefined {
    return isText(value) ? value : undefined
  }
  protected override converted(value: unknown): string | undefined {
    return plainNumberText(value)
  }
  protected put(tap: Tap, read: string): void {
    writeText(tap, read)
  }
}

/** Converts an unknown symbol to the enum's default (Avro 1.9), if there is one. */
export class EnumNode extends Leaf<number> {
  readonly name = 'enum'
  readonly branch: string
  readonly kind = 'string'
  readonly symbols: readonly string[]
  readonly #indexes: ReadonlyMap<string, number>
  readonly #fallback: number | undefined

  constructor(fullName: string, symbols: readonly string[], fallback: string | undefined, converts: boolean) {
    super(converts)
    this.branch = fullName
    this.symbols = symbols
    this.#indexes = new Map(symbols.map((symbol, index) => [symbol, index]))
    this.#fallback = fallback === undefined ? undefined : this.#indexes.get(fallback)
  }

  protected taken(value: unknown): number | undefined {
    return typeof value === 'string' ? this.#indexes.get(value) : undefined
  }
  protected override converted(value: unknown): number | undefined {
    return typeof value === 'string' ? this.#fallback : undefined
  }
  protected put(tap: Tap, read: number): void {
    writeLong(tap, read)
  }
}
