/** The bench's own reader of Avro records: no library of any contender. */

const MAGIC_BYTE = 0
const HEADER_BYTES = 5
const DOUBLE_BYTES = 8

/** A record's value, decoded. */
export interface Decoded {
  readonly schemaId: number
  readonly document: Readonly<Record<string, unknown>>
}

/** A schema, as far as it is understood here: no `bytes`, `fixed` and `float`, every named type once. */
type Schema = string | readonly Schema[] | Complex
interface Complex {
  readonly type: Schema
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[]
  readonly items?: Schema
  readonly values?: Schema
  readonly symbols?: readonly string[]
}

interface Cursor {
  readonly bytes: Buffer
  at: number
}
type Read = (cursor: Cursor) => unknown

/**
 * A reader of values with a five-byte header that were written with the record `schema`. What it returns throws
 * `RangeError` for a value that is too short, too long or no such value. Throws for a schema it does not understand.
 */
export function avroReader(schema: object): (value: Buffer) => Decoded {
  const read = reader(schema as Schema)
  return (bytes) => {
    if (bytes.readUInt8(0) !== MAGIC_BYTE) throw new RangeError('no magic byte')
    const cursor = { bytes, at: HEADER_BYTES }
    const document = read(cursor) as Decoded['document']
    if (cursor.at !== bytes.length) throw new RangeError(`${bytes.length - cursor.at} bytes too many`)
    return { schemaId: bytes.readUInt32BE(1), document }
  }
}

const PRIMITIVES: Readonly<Record<string, Read>> = {
  null: () => null,
  boolean: (cursor) => cursor.bytes.readUInt8(cursor.at++) === 1,
  int: long,
  long,
  double,
  string: text,
}

function reader(schema: Schema): Read {
  if (typeof schema === 'string') {
    const primitive = PRIMITIVES[schema]
    if (!primitive) throw new Error(`${schema} is not understood`)
    return primitive
  }
  if (isUnion(schema)) return picked(schema.map(reader), 'branch')
  switch (schema.type) {
    case 'record':
      return record(schema)
    case 'enum':
      return picked(
        (schema.symbols ?? []).map((symbol) => () => symbol),
        'symbol',
      )
    case 'array':
      return array(reader(schema.items ?? 'null'))
    case 'map':
      return map(reader(schema.values ?? 'null'))
    default:
      return reader(schema.type)
  }
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema)
}

function record({ fields = [] }: Complex): Read {
  const readers = fields.map(({ name, type }) => [name, reader(type)] as const)
  return (cursor) => {
    const found: Record<string, unknown> = {}
    for (const [name, read] of readers) found[name] = read(cursor)
    return found
  }
}

function picked(choices: readonly Read[], what: string): Read {
  return (cursor) => {
    const choice = choices[long(cursor)]
    if (!choice) throw new RangeError(`a ${what} that there is not`)
    return choice(cursor)
  }
}

function array(item: Read): Read {
  return (cursor) => {
    const found: unknown[] = []
    blocks(cursor, () => found.push(item(cursor)))
    return found
  }
}

function map(value: Read): Read {
  return (cursor) => {
    const found: Record<string, unknown> = {}
    blocks(cursor, () => {
      const key = text(cursor)
      found[key] = value(cursor)
    })
    return found
  }
}

/** Items come in blocks, each behind its count, up to a block of none; a negative count has the bytes of its block behind it. */
function blocks(cursor: Cursor, item: () => void): void {
  for (let count = long(cursor); count !== 0; count = long(cursor)) {
    if (count < 0) long(cursor)
    for (let left = Math.abs(count); left > 0; left--) item()
  }
}

function double(cursor: Cursor): number {
  cursor.at += DOUBLE_BYTES
  return cursor.bytes.readDoubleLE(cursor.at - DOUBLE_BYTES)
}

function long(cursor: Cursor): number {
  let zigzag = 0
  let scale = 1
  for (;;) {
    const byte = cursor.bytes.readUInt8(cursor.at++)
    zigzag += (byte & 0x7f) * scale
    if (byte < 0x80) break
    scale *= 128
  }
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
}

function text(cursor: Cursor): string {
  const length = long(cursor)
  const start = cursor.at
  cursor.at += length
  if (length < 0 || cursor.at > cursor.bytes.length) throw new RangeError('a text that is cut off')
  return cursor.bytes.toString('utf8', start, cursor.at)
}
