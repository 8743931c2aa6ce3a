/** bytes and fixed, and the logical types uuid and duration on fixed. JSON has no bytes; text represents them. */
import { type JsonKind, Leaf } from './node.ts'
import { type Tap, writeFixed, writeLengthAndBytes } from './tap.ts'

/** How text represents bytes. `avro-json`: each character is the byte of its code (Avro 1.12, "JSON encoding"). */
export type BytesForm = 'base64' | 'avro-json'

const BASE64_FORM = /^[A-Za-z0-9+/]*={0,2}$/
const BASE64_URL_FORM = /^[A-Za-z0-9_-]*={0,2}$/
/** Characters above U+00FF represent no byte. */
const LATIN1 = /^[\0-\u00ff]*$/
const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const DURATION =
  /^P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?)?$/
const MOST_UINT32 = 2 ** 32 - 1

/**
 * Returns the bytes of a text; undefined if the text is invalid. Base64 may use the URL alphabet and may lack padding.
 */
export function bytesOf(value: unknown, form: BytesForm | undefined): Buffer | undefined {
  if (typeof value !== 'string' || form === undefined) return undefined
  if (form === 'avro-json') return LATIN1.test(value) ? Buffer.from(value, 'latin1') : undefined
  if (!BASE64_FORM.test(value) && !BASE64_URL_FORM.test(value)) return undefined
  const digits = value.replace(/=+$/, '').length
  if (digits % 4 === 1 || (digits < value.length && value.length % 4 !== 0)) return undefined
  return Buffer.from(value, 'base64')
}

export class BytesNode extends Leaf<Uint8Array> {
  readonly name = 'bytes'
  readonly branch = 'bytes'
  readonly kind: JsonKind = 'string'
  readonly #form: BytesForm | undefined

  constructor(form: BytesForm | undefined) {
    super(true)
    this.#form = form
  }

  protected taken(): Uint8Array | undefined {
    return undefined
  }
  protected override converted(value: unknown): Uint8Array | undefined {
    return bytesOf(value, this.#form)
  }
  protected put(tap: Tap, read: Uint8Array): void {
    writeLengthAndBytes(tap, read)
  }
}

/** Parses text of a logical type; undefined if the form is wrong. */
type Reader = (text: string) => Uint8Array | undefined

/** A logical type with its own text form. */
export interface LogicalFixed {
  readonly name: string
  readonly read: Reader
}

export class FixedNode extends Leaf<Uint8Array> {
  readonly name: string
  readonly branch: string
  readonly kind: JsonKind = 'string'
  readonly size: number
  readonly #form: BytesForm | undefined
  readonly #reader: Reader | undefined

  constructor(fullName: string, size: number, form: BytesForm | undefined, logical?: LogicalFixed) {
    super(true)
    this.name = logical?.name ?? 'fixed'
    this.branch = fullName
    this.size = size
    this.#form = form
    this.#reader = logical?.read
  }

  protected taken(): Uint8Array | undefined {
    return undefined
  }
  protected override converted(value: unknown): Uint8Array | undefined {
    const read = typeof value === 'string' ? this.#reader?.(value) : undefined
    const bytes = read ?? bytesOf(value, this.#form)
    return bytes?.length === this.size ? bytes : undefined
  }
  protected put(tap: Tap, read: Uint8Array): void {
    writeFixed(tap, read)
  }
}

/** The 16 bytes of a UUID (RFC 9562). */
export const uuidBytes: Reader = (text) =>
  UUID_FORM.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined

/**
 * Months, days and milliseconds of an ISO 8601 duration, each a little-endian unsigned 32-bit integer (Avro 1.12,
 * "Duration").
 */
export const durationBytes: Reader = (text) => {
  const parts = DURATION.exec(text)
  if (!parts) return undefined
  const [years, months, weeks, days, hours, minutes, seconds, fraction = ''] = parts.slice(1)
  const whole = (part: string | undefined): number => Number(part ?? 0)
  const millis =
    whole(hours) * 3_600_000 +
    whole(minutes) * 60_000 +
    whole(seconds) * 1_000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  const values = [whole(years) * 12 + whole(months), whole(weeks) * 7 + whole(days), millis]
  if (values.some((value) => value > MOST_UINT32)) return undefined
  const bytes = Buffer.alloc(12)
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4)
  return bytes
}
