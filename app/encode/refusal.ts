/** Why a document does not fit its schema, said without any of its content. */
import { Rejected, type RejectReason } from '../errors.ts'
import { ExactNumber } from '../lib/json-value.ts'
import type { AvroType } from './checked-types.ts'
import { numberFault } from './numbers.ts'

/** Path segments shown; a recursive schema may lead to thousands. */
const MAX_SEGMENTS = 12
/** Branches and symbols shown, and the longest of their names in characters. */
const MAX_NAMES = 8
const MAX_NAME = 60
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
  const [reason, fault] = faultOf(value, type)
  return new Rejected(reason, `${shown || 'the document'}: ${fault}`, { path: shown })
}

function faultOf(value: unknown, type: AvroType): readonly [RejectReason, string] {
  const wanted = wantedBy(type)
  if (value === undefined) return ['missing_field', `missing, and the schema has no default (${wanted})`]
  if (isNumber(value) && /^(int|long|float|double)$/.test(type.typeName)) {
    return ['bad_number', numberFault(value, type.typeName)]
  }
  if (typeof value === 'string' && !value.isWellFormed()) return ['bad_value', 'text that UTF-8 cannot hold']
  if (typeof value === 'string' && type.symbols)
    return ['bad_value', `none of the symbols ${someOf(type.symbols, 'and')}`]
  return ['bad_value', `${kindOf(value)} where the schema wants ${wanted}`]
}

/** The schema's own words, within bounds. */
function wantedBy({ types, typeName }: AvroType): string {
  if (!types) return typeName
  const names = types.map(({ branchName = '' }) => branchName)
  const wanted = someOf(names, 'or')
  if (typeName !== 'union:wrapped') return wanted
  const example = someOf(names.filter((name) => name !== 'null').slice(0, 1), 'or')
  return `${wanted}, with the name of the branch, as in {"${example}": …}`
}

function someOf(names: readonly string[], word: 'and' | 'or'): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name))
  const more = names.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  const last = shown.pop() ?? ''
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof ExactNumber
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (isNumber(value)) return 'number'
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
