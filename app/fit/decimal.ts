/** The logical type decimal, on bytes and on fixed. Nothing is rounded: a number with too many digits does not fit. */
import { type Decimal, decimalOf } from '../lib/decimal.ts'
import { numberText } from '../lib/json-value.ts'
import { Leaf } from './node.ts'
import { type Tap, writeFixed, writeLengthAndBytes } from './tap.ts'

/** A schema may allow any precision, and a short text such as 1e999999 would then fill it. */
const MOST_DIGITS = 10_000

/** Parameters of a decimal. `size`: bytes of a fixed; undefined for bytes. */
export interface DecimalShape {
  readonly precision: number
  readonly scale: number
  readonly size: number | undefined
}

export class DecimalNode extends Leaf<Uint8Array> {
  readonly name = 'decimal'
  readonly branch: string
  readonly kind = 'number'
  readonly #shape: DecimalShape

  constructor(branch: string, shape: DecimalShape, converts: boolean) {
    super(converts)
    this.branch = branch
    this.#shape = shape
  }

  protected taken(value: unknown): Uint8Array | undefined {
    const text = numberText(value)
    return text === undefined ? undefined : this.#bytesOf(text)
  }
  protected override converted(value: unknown): Uint8Array | undefined {
    return typeof value === 'string' ? this.#bytesOf(value) : undefined
  }
  protected put(tap: Tap, read: Uint8Array): void {
    if (this.#shape.size === undefined) writeLengthAndBytes(tap, read)
    else writeFixed(tap, read)
  }

  #bytesOf(text: string): Uint8Array | undefined {
    const decimal = decimalOf(text)
    const unscaled = decimal && unscaledOf(decimal, this.#shape)
    return unscaled === undefined ? undefined : twosComplement(unscaled, this.#shape.size)
  }
}

function unscaledOf({ negative, digits, exponent }: Decimal, { precision, scale }: DecimalShape): bigint | undefined {
  if (digits === '') return 0n
  const zeros = exponent + scale
  if (zeros < 0 || digits.length + zeros > Math.min(precision, MOST_DIGITS)) return undefined
  const whole = BigInt(digits + '0'.repeat(zeros))
  return negative ? -whole : whole
}

/** Big-endian, in `size` bytes or as few as possible. Undefined if `size` is too small. */
function twosComplement(value: bigint, size: number | undefined): Uint8Array | undefined {
  const magnitude = value < 0n ? -value - 1n : value
  const least = Math.floor(magnitude === 0n ? 0 : magnitude.toString(2).length / 8) + 1
  const length = size ?? least
  if (length < least) return undefined
  const hex = BigInt.asUintN(length * 8, value).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex')
}
