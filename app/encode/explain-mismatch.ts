/** Explains why a document does not fit its schema, without content of the document. */
import { Rejected, type RejectReason } from '../errors.ts'
import { type Fault, kindOf, type TypeNode } from '../fit/node.ts'
import { numberOf } from '../fit/number.ts'
import { numberFault } from '../fit/numbers.ts'
import type { Plan } from '../fit/plan.ts'
import { EnumNode } from '../fit/simple.ts'
import { UnionNode } from '../fit/union.ts'

/** Most path segments to show; a recursive schema may produce thousands. */
const MAX_SEGMENTS = 12
/** Most branches and symbols to show, and the longest name in characters. */
const MAX_NAMES = 8
const MOST_NAME_CHARACTERS = 60

/**
 * Returns the `Rejected` for a document that `plan` did not write: `missing_field`, `bad_number`, `bad_value`,
 * `too_deep`, or `encode` if no explanation is found. Walks the document again up to the first fault.
 */
export function explainMismatch(plan: Plan, document: unknown, cause: unknown): Rejected {
  try {
    const fault = plan.fault(document)
    if (fault) return rejected(fault)
  } catch (error) {
    return isOverflow(error) ? tooDeep() : unexplained()
  }
  return isOverflow(cause) ? tooDeep() : unexplained()
}

function rejected({ path, value, node }: Fault): Rejected {
  const shown = path.slice(0, MAX_SEGMENTS).join('.') + (path.length > MAX_SEGMENTS ? '…' : '')
  const [reason, fault] = faultOf(value, node)
  return new Rejected(reason, `${shown || 'the document'}: ${fault}`, { path: shown })
}

function faultOf(value: unknown, node: TypeNode): readonly [RejectReason, string] {
  const wanted = wantedBy(node)
  if (value === undefined) return ['missing_field', `missing, and the schema has no default (${wanted})`]
  if (typeof value === 'string' && !value.isWellFormed()) return ['bad_value', 'text that UTF-8 cannot hold']
  if (node.kind === 'number') return numberFaultOf(value, node, wanted)
  if (typeof value === 'string' && node instanceof EnumNode)
    return ['bad_value', `none of the symbols ${someOf(node.symbols, 'and')}`]
  return ['bad_value', `${kindOf(value) ?? typeof value} where the schema wants ${wanted}`]
}

function numberFaultOf(value: unknown, node: TypeNode, wanted: string): readonly [RejectReason, string] {
  const number = numberOf(value) ?? value
  if (kindOf(number) === 'number' && isNumberType(node)) return ['bad_number', numberFault(number, node.name)]
  const kind = kindOf(value) ?? typeof value
  if (kind !== 'string') return ['bad_value', `${kind} where the schema wants ${wanted}`]
  const what = isNumberType(node) ? 'number' : 'time or number'
  return [
    'bad_value',
    `a string that is no ${node.name === 'decimal' ? 'such number' : what} where the schema wants ${wanted}`,
  ]
}

function isNumberType({ name }: TypeNode): boolean {
  return /^(int|long|float|double)$/.test(name)
}

/** The names used in the schema, limited in length. */
function wantedBy(node: TypeNode): string {
  return node instanceof UnionNode ? someOf(node.branches.map(wordOf), 'or') : node.name
}

/** Records, enums and fixed types have names of their own. */
function wordOf({ name, branch }: TypeNode): string {
  return branch.includes('.') || /^(record|enum|fixed)$/.test(name) ? branch : name
}

function someOf(names: readonly string[], word: 'and' | 'or'): string {
  const shown = names
    .slice(0, MAX_NAMES)
    .map((name) => (name.length > MOST_NAME_CHARACTERS ? `${name.slice(0, MOST_NAME_CHARACTERS)}…` : name))
  const more = names.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  const last = shown.pop() ?? ''
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`
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
