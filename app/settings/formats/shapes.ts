/** Settings about the shape of documents. */
import { fieldPath } from '../../lib/field-path.ts'
import { parseList } from '../../lib/list.ts'
import { type Format, format, refuse } from '../format.ts'
import { listOf } from './schemas.ts'

/** Where in a message its documents are. */
export interface RecordsPath {
  /** Names from the message down; empty for the message itself. */
  readonly path: readonly string[]
  /** Whether each entry of the object is a document. */
  readonly entries: boolean
  /** As it was given. */
  readonly text: string
}

/** The field at `path` gets the name `to`. */
export interface Renaming {
  readonly path: readonly string[]
  readonly to: string
}

/** Variables taken from a message. */
const VARIABLES = ['$received_at', '$source', '$uuid'] as const
export type Variable = (typeof VARIABLES)[number]

/** Sets the field `name` to the text `value`, or to the variable. */
export interface FieldSetting {
  readonly name: string
  readonly value: string
  readonly variable: Variable | undefined
}

const MOST_ITEMS = 100
const TEXT_SCHEMA = { type: 'string' } as const
const ENTRIES = '{}'
const WHOLE = '@'

/** `data`, `result.trades`, `@` for the message itself; with `{}` at the end each entry of the object there is a document. */
export const recordsPath: Format<RecordsPath, ''> = format(
  'the path of the part that holds the documents, such as data; @ for the message itself; with {} at its end for the entries of an object',
  (given) => {
    const text = given.trim()
    const entries = text.endsWith(ENTRIES)
    const rest = entries ? text.slice(0, -ENTRIES.length).replace(/\.$/, '') : text
    const path = rest === WHOLE || (entries && rest === '') ? [] : fieldPath(rest)
    return path && { path, entries, text }
  },
  { schema: TEXT_SCHEMA },
)

/** Several paths. */
export const paths: Format<readonly (readonly string[])[], ''> = listFormat(
  'a list of dotted paths of field names',
  (item) => fieldPath(item),
  (items) => repeated(items.map((path) => path.at(-1) ?? '')).map((pair) => `gives two fields one name (${pair})`),
)

/** `@context:context,s:symbol`. */
export const renamings: Format<readonly Renaming[], ''> = listFormat(
  'a list of path:name, such as @context:context,s:symbol',
  (item) => {
    const at = item.lastIndexOf(':')
    const path = at > 0 ? fieldPath(item.slice(0, at)) : undefined
    const [to, ...others] = fieldPath(item.slice(at + 1)) ?? []
    return path && to !== undefined && others.length === 0 ? { path, to } : undefined
  },
  (items) => [
    ...repeated(items.map(({ path }) => path.join('.'))).map((pair) => `renames a field twice (${pair})`),
    ...repeated(items.map(({ path, to }) => [...path.slice(0, -1), to].join('.'))).map(
      (pair) => `gives two fields one name (${pair})`,
    ),
  ],
)

/** `venue:binance,seen:$received_at`. */
export const fieldSettings: Format<readonly FieldSetting[], ''> = listFormat(
  `a list of name:value, such as venue:binance,seen:$received_at (${VARIABLES.join(', ')})`,
  (item) => {
    const at = item.indexOf(':')
    const [name, ...others] = at > 0 ? (fieldPath(item.slice(0, at)) ?? []) : []
    const value = item.slice(at + 1)
    const variable = VARIABLES.find((one) => one === value)
    const isUnknown = variable === undefined && value.startsWith('$')
    return name === undefined || others.length > 0 || isUnknown ? undefined : { name, value, variable }
  },
  (items) => repeated(items.map(({ name }) => name)).map((pair) => `sets a field twice (${pair})`),
)

function listFormat<T>(
  expects: string,
  read: (item: string) => T | undefined,
  problems: (items: readonly T[]) => readonly string[],
): Format<readonly T[], ''> {
  return format(
    expects,
    (given) => {
      const items = parseList(given)?.map((item) => read(item.trim()))
      if (!items?.every((item) => item !== undefined)) return undefined
      if (items.length > MOST_ITEMS) refuse(`may list ${MOST_ITEMS} at most; it lists ${items.length}`)
      const found = problems(items)
      return found.length > 0 ? refuse(...found) : items
    },
    // A file that was named by mistake may hold anything.
    { shape: 'list', shown: false, schema: listOf(TEXT_SCHEMA) },
  )
}

/** Items that stand for the same as an earlier one, by their numbers: their text may come from a file that was named by mistake. */
function repeated(names: readonly string[]): string[] {
  return names.flatMap((name, at) => {
    const first = names.indexOf(name)
    return first === at ? [] : [`items ${first + 1} and ${at + 1}`]
  })
}
