/** int, long, float and double. docs/numbers.md states the rules. */
import { decimalOf } from '../lib/decimal.ts'
import { ExactNumber } from '../lib/json-value.ts'
import { isExact } from '../lib/number-scan.ts'
import { Leaf } from './node.ts'
import { doubleOf, floatOf, longOf } from './numbers.ts'
import { type Tap, writeDouble, writeFloat, writeLong } from './tap.ts'

/** Parses text like a JSON number; undefined if the text is no number. Leading zeros are allowed. */
export function numberOf(text: unknown): number | ExactNumber | undefined {
  if (typeof text !== 'string' || !decimalOf(text)) return undefined
  return isExact(text) ? new ExactNumber(text) : Number(text)
}

/** Number types also report whether they hold a number exactly. A union prefers a branch without rounding. */
abstract class NumberNode<T> extends Leaf<T> {
  readonly kind = 'number'

  /** Whether the type holds the number without rounding. */
  abstract holds(value: unknown): boolean

  protected override converted(value: unknown): T | undefined {
    const number = numberOf(value)
    return number === undefined ? undefined : this.taken(number)
  }
}

export class IntNode extends NumberNode<number> {
  readonly name = 'int'
  readonly branch = 'int'

  holds(value: unknown): boolean {
    return this.taken(value) !== undefined
  }
  protected taken(value: unknown): number | undefined {
    return typeof value === 'number' && value === (value | 0) ? value : undefined
  }
  protected put(tap: Tap, read: number): void {
    writeLong(tap, read)
  }
}

export class LongNode extends NumberNode<number | bigint> {
  readonly name = 'long'
  readonly branch = 'long'

  override write(tap: Tap, value: unknown): boolean {
    if (!Number.isSafeInteger(value)) return super.write(tap, value)
    writeLong(tap, value as number)
    return true
  }
  holds(value: unknown): boolean {
    return this.taken(value) !== undefined
  }
  protected taken(value: unknown): number | bigint | undefined {
    return Number.isSafeInteger(value) ? (value as number) : longOf(value)
  }
  protected put(tap: Tap, read: number | bigint): void {
    writeLong(tap, read)
  }
}

export class DoubleNode extends NumberNode<number> {
  readonly name = 'double'
  readonly branch = 'double'

  override write(tap: Tap, value: unknown): boolean {
    if (!Number.isFinite(value)) return super.write(tap, value)
    writeDouble(tap, value as number)
    return true
  }
  holds(value: unknown): boolean {
    return doubleOf(value) !== undefined
  }
  protected taken(value: unknown): number | undefined {
    return doubleOf(value)
  }
  protected put(tap: Tap, read: number): void {
    writeDouble(tap, read)
  }
}

export class FloatNode extends NumberNode<number> {
  readonly name = 'float'
  readonly branch = 'float'

  holds(value: unknown): boolean {
    return typeof value === 'number' && Math.fround(value) === value
  }
  protected taken(value: unknown): number | undefined {
    return floatOf(value)
  }
  protected put(tap: Tap, read: number): void {
    writeFloat(tap, read)
  }
}

/** Whether `node` is a number type that holds `value` without rounding. */
export function holdsExactly(node: unknown, value: unknown): boolean {
  return node instanceof NumberNode && node.holds(value)
}
