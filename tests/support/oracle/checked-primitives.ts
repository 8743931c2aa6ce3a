/** avsc's primitive types, made to refuse what they would write wrongly, and to write 64 bits. */

import { doubleOf, floatOf, longOf } from '../../../app/fit/numbers.ts'
import { type AvscType, type Hook, MISMATCH, mismatch, types } from './avsc.ts'
import { isText, type Tap, writeBigLong, writeText } from './tap.ts'

/** Below it, and above 2^53, avsc's arithmetic rounds the zigzag form. */
const MIN_LONG = -(2 ** 52)

class CheckedLong extends types.LongType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return longOf(value) !== undefined || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (Number.isSafeInteger(value) && (value as number) >= MIN_LONG) return tap.writeLong(value as number)
    const long = longOf(value)
    if (long === undefined) throw MISMATCH
    writeBigLong(tap, long)
  }
}

class CheckedInt extends types.IntType {
  _write(tap: Tap, value: unknown): void {
    if (value !== ((value as number) | 0)) throw MISMATCH
    tap.writeInt(value as number)
  }
}

class CheckedDouble extends types.DoubleType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return doubleOf(value) !== undefined || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    const double = doubleOf(value)
    if (double === undefined) throw MISMATCH
    tap.writeDouble(double)
  }
}

class CheckedFloat extends types.FloatType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return floatOf(value) !== undefined || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    const float = floatOf(value)
    if (float === undefined) throw MISMATCH
    tap.writeFloat(float)
  }
}

class CheckedBoolean extends types.BooleanType {
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'boolean') throw MISMATCH
    tap.writeBoolean(value)
  }
}

class CheckedString extends types.StringType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return isText(value) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string' || !writeText(tap, value)) throw MISMATCH
  }
}

/** By name; avsc's own do for the others. */
export const primitives: ReadonlyMap<string, AvscType> = new Map<string, AvscType>([
  ['long', new CheckedLong()],
  ['int', new CheckedInt()],
  ['double', new CheckedDouble()],
  ['float', new CheckedFloat()],
  ['boolean', new CheckedBoolean()],
  ['string', new CheckedString()],
])
