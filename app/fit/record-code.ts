/** Generates a write function per record type. With generated code, V8 knows the positions of a document's fields. */
import type { written } from './node.ts'
import type { Field } from './record.ts'
import { type Tap, writeFixed } from './tap.ts'

type Written = typeof written

/** Writes an object and adds to `written`. Returns false if the object does not fit. */
export type WriteRecord = (tap: Tap, value: Record<string, unknown>, written: Written) => boolean

/** Longer functions are not optimised by V8. */
const MOST_FIELDS = 200

/** Creates the writer of a record. */
export function recordWriter(fields: readonly Field[]): WriteRecord {
  return fields.length > MOST_FIELDS ? interpreted(fields) : (generated(fields) ?? interpreted(fields))
}

/** Undefined if the runtime forbids code from strings. The code contains only positions and JSON texts. */
export function generated(fields: readonly Field[]): WriteRecord | undefined {
  const lines = fields.map((field, at) => fieldCode(field, at))
  const code = `return (tap, value, written) => {
  let given, found = 0, all = 0;
${lines.join('\n')}
  for (const _ in value) all++;
  written.undeclared += all - found;
  return true;
}`
  const names = fields.flatMap((_, at) => [`node${at}`, `fallback${at}`])
  try {
    const make = new Function('hasOwn', 'writeFixed', ...names, code)
    return make(Object.hasOwn, writeFixed, ...fields.flatMap(({ node, fallback }) => [node, fallback])) as WriteRecord
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

function fieldCode({ keys: [name = '', ...aliases], fallback }: Field, at: number): string {
  const others = aliases.map((alias) => `  if (given === undefined) given = ${readOf(alias)};\n`).join('')
  const missing = fallback === undefined ? 'return false;' : `writeFixed(tap, fallback${at});`
  return `  given = ${readOf(name)};
${others}  if (given === undefined) ${missing}
  else { found++; if (!node${at}.write(tap, given)) return false; }`
}

/** For names in Object.prototype only own properties count. */
function readOf(key: string): string {
  const text = JSON.stringify(key)
  return key in Object.prototype ? `(hasOwn(value, ${text}) ? value[${text}] : undefined)` : `value[${text}]`
}

/** The same writer without code from strings. */
export function interpreted(fields: readonly Field[]): WriteRecord {
  return (tap, value, written) => {
    let found = 0
    for (const { keys, node, fallback } of fields) {
      const given = ownOf(value, keys)
      if (given !== undefined) {
        found++
        if (!node.write(tap, given)) return false
      } else if (fallback === undefined) return false
      else writeFixed(tap, fallback)
    }
    written.undeclared += Object.keys(value).length - found
    return true
  }
}

/** The value of the first of `keys` in `object`. */
export function ownOf(object: Record<string, unknown>, keys: readonly string[]): unknown {
  for (const key of keys) if (Object.hasOwn(object, key) && object[key] !== undefined) return object[key]
  return undefined
}
