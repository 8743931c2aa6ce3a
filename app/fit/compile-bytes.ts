/** Compiles types with text as JSON form: string, bytes and fixed, with their logical types. */
import { BytesNode, durationBytes, FixedNode, uuidBytes } from './bytes.ts'
import { DecimalNode } from './decimal.ts'
import type { TypeNode } from './node.ts'
import type { FitOptions } from './options.ts'
import { StringNode } from './simple.ts'

/** A schema as JSON object. */
export interface SchemaJson {
  readonly [name: string]: unknown
}

/** A string. `uuid` changes nothing: the text is not checked. */
export function stringNode(converts: boolean): TypeNode {
  return new StringNode(converts)
}

/** bytes, or a decimal on bytes. */
export function bytesNode(json: SchemaJson, { coerce, bytes }: FitOptions): TypeNode {
  const shape = coerce === 'safe' ? decimalShape(json, undefined) : undefined
  return shape ? new DecimalNode('bytes', shape, true) : new BytesNode(bytes)
}

/** fixed, or a decimal, uuid or duration on fixed. Throws for an invalid size. */
export function fixedNode(full: string, json: SchemaJson, { coerce, bytes }: FitOptions): TypeNode {
  const { size, logicalType } = json
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) throw new Error(`the fixed ${full} has no size`)
  const isSafe = coerce === 'safe'
  const shape = isSafe ? decimalShape(json, size) : undefined
  if (shape) return new DecimalNode(full, shape, true)
  if (isSafe && logicalType === 'uuid' && size === 16)
    return new FixedNode(full, size, bytes, { name: 'uuid', read: uuidBytes })
  if (isSafe && logicalType === 'duration' && size === 12)
    return new FixedNode(full, size, bytes, { name: 'duration', read: durationBytes })
  return new FixedNode(full, size, bytes)
}

/** Undefined without a decimal. Avro requires readers to ignore an invalid decimal. */
function decimalShape({ logicalType, precision, scale = 0 }: SchemaJson, size: number | undefined) {
  if (logicalType !== 'decimal' || !isCount(precision) || !isCount(scale)) return undefined
  return precision > 0 && scale <= precision ? { precision, scale, size } : undefined
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
