/** Why a document does not fit its schema, said without any of its content. */
import { Rejected, type RejectReason } from '../errors.ts'
import type { AvroType } from './checked-types.ts'

/** Path segments shown; a recursive schema may lead to thousands. */
const MAX_SEGMENTS = 12
/** Ends the walk at the first fault; shared, because only its identity counts. */
const STOP = new Error('found')

interface Found {
  readonly path: readonly string[]
  readonly value: unknown
  readonly type: AvroType
}

/**
 * The `Rejected` for a document that `type` would not write: `missing_field`, `bad_number`, `bad_value`, `too_deep`, or
 * `encode` when nothing is found that explains it. Walks the document a second time, up to the first fault.
 */
export function refusal(type: AvroType, document: unknown, cause: unknown): Rejected {
  // The cause stays behind: what avsc throws quotes the value.
  try {
    const found = firstMismatch(type, document)
    if (found) return rejected(found)
  } catch (error) {
    return isOverflow(error) ? tooDeep() : unexplained()
  }
  return isOverflow(cause) ? tooDeep() : unexplained()
}

function firstMismatch(type: AvroType, document: unknown): Found | undefined {
  let found: Found | undefined
  try {
    type.isValid(document, {
      errorHook: (path, value, expected) => {
        found = { path, value, type: expected }
        throw STOP
      },
    })
  } catch (error) {
    if (error !== STOP) throw error
  }
  return found
}

function rejected({ path, value, type }: Found): Rejected {
  const shown = path.slice(0, MAX_SEGMENTS).join('.') + (path.length > MAX_SEGMENTS ? '…' : '')
  const reason = reasonFor(value, type)
  return new Rejected(reason, `${shown || 'the document'}: ${sentenceFor(reason, value, type)}`, { path: shown })
}

function reasonFor(value: unknown, type: AvroType): RejectReason {
  if (value === undefined) return 'missing_field'
  return typeof value === 'number' && /^(int|long|float|double)$/.test(type.typeName) ? 'bad_number' : 'bad_value'
}

function sentenceFor(reason: RejectReason, value: unknown, type: AvroType): string {
  const wanted = type.typeName.replace(/:.*/, '')
  if (reason === 'missing_field') return `missing, and the schema has no default (${wanted})`
  if (reason === 'bad_number') return `a number that ${wanted} cannot hold`
  return `${kindOf(value)} where the schema wants ${wanted}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function tooDeep(): Rejected {
  return new Rejected('too_deep', 'nested too deeply to be encoded')
}

function unexplained(): Rejected {
  return new Rejected('encode', 'cannot be encoded with the schema')
}

function isOverflow(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'RangeError'
}
