/** Text, booleans, choices and numbers. */
import { parseList } from '../../lib/list.ts'
import { type Format, format, refuse } from '../format.ts'
import { listOf } from './schemas.ts'

/** Text exactly as it is, blanks included; `pattern` must match the whole of it. */
export function text(expects: string, pattern = /^.+$/s): Format<string, ''> {
  return format(expects, (given) => (pattern.test(given) ? given : undefined), { shown: false })
}

const TRUE = new Set(['1', 't', 'true', 'y', 'yes', 'on'])
const FALSE = new Set(['0', 'f', 'false', 'n', 'no', 'off'])

/** A boolean in every usual spelling. */
export const flag: Format<boolean, ''> = format(
  'true or false (also 1/0, t/f, yes/no, y/n, on/off)',
  (given) => {
    const word = given.trim().toLowerCase()
    return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
  },
  { schema: { type: ['boolean', 'string', 'integer'] } },
)

/** One of `names` in any case; returns the name as it is spelt there. */
export function choice<const T extends string>(names: readonly T[]): Format<T, ''> {
  const byWord = new Map(names.map((name) => [name.toLowerCase(), name]))
  return format(oneOf(names), (given) => byWord.get(given.trim().toLowerCase()), { schema: { enum: names } })
}

/** A list of `names`; `off` or `none` is the empty list. */
export function choices<const T extends string>(names: readonly T[]): Format<readonly T[], ''> {
  const one = choice(names)
  const read = (given: string): readonly T[] | undefined => {
    if (isOff(given)) return []
    const unknown = `may only list ${names.join(', ')}`
    return parseList(given)?.map((item) => byFormat(one, item) ?? refuse(unknown))
  }
  return format(`a list of ${oneOf(names)}, or off`, read, { shape: 'list', schema: listOf({ enum: names }) })
}

/** A whole number in [min, max], in decimal digits. */
export function integer(min: number, max: number): Format<number, ''> {
  const read = (given: string): number | undefined => numberWithin(given, /^\d{1,15}$/, min, max)
  return format(`a whole number from ${min} to ${max}`, read, {
    schema: { type: 'integer', minimum: min, maximum: max },
  })
}

/** A number in [min, max], perhaps with a fraction. */
export function decimal(min: number, max: number): Format<number, ''> {
  const read = (given: string): number | undefined => numberWithin(given, /^\d{1,15}(\.\d{1,15})?$/, min, max)
  return format(`a number from ${min} to ${max}`, read, { schema: { type: 'number', minimum: min, maximum: max } })
}

/** Whether `given` switches a setting off. */
export function isOff(given: string): boolean {
  return /^\s*(off|none)\s*$/i.test(given)
}

function numberWithin(given: string, pattern: RegExp, min: number, max: number): number | undefined {
  const value = Number(given.trim())
  return pattern.test(given.trim()) && value >= min && value <= max ? value : undefined
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}`
}

function byFormat<T>(one: Format<T>, item: string): T | undefined {
  try {
    return one.parse(item)
  } catch {
    return undefined
  }
}
