/** Messages of the log, each declared once with level, text, cause and cure. The log and docs/messages.md use the same declaration. */
import type { Level, Line } from './line.ts'

/** A message as it is documented. In `text`, `{name}` stands for a value, and `[…]` is left out when a value in it is undefined. */
export interface LogMessage {
  readonly level: Level
  readonly text: string
  /** Why the line is written: one or two sentences. */
  readonly cause: string
  /** What to do: one or two sentences. Undefined where there is nothing to do. */
  readonly cure?: string | undefined
}

/** A message that makes lines. */
export interface Sayable<Text extends string = string> extends LogMessage {
  /** A line of the log with `values` in the text, and `fields` beside it. */
  line(values: Values<Text>, fields?: object): Line
}

type Value = string | number | bigint
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type OptionalNames<Text extends string> = Text extends `${string}[${infer Inside}]${infer Rest}`
  ? Names<Inside> | OptionalNames<Rest>
  : never
type Values<Text extends string> = {
  readonly [Name in Exclude<Names<Text>, OptionalNames<Text>>]: Value
} & { readonly [Name in OptionalNames<Text>]: Value | undefined }

/** A warning and an error need a cure; without one they do not compile. */
type Explanation<L extends Level> = L extends 'warn' | 'error'
  ? Required<Pick<LogMessage, 'cause' | 'cure'>>
  : Pick<LogMessage, 'cause' | 'cure'>

/** Declares a message. */
export function logMessage<const L extends Level, const Text extends string>(
  level: L,
  text: Text,
  explanation: Explanation<L>,
): Sayable<Text> {
  return {
    level,
    text,
    ...explanation,
    line: (values, fields) => [level, fill(text, values), fields],
  }
}

const PART = /\[([^\]]*)\]|\{(\w+)\}/g
const NAME = /\{(\w+)\}/g

/** One pass, so that a value with braces or brackets stays as it is. */
function fill(text: string, values: Readonly<Record<string, Value | undefined>>): string {
  const textOf = (name: string): string => String(values[name])
  return text.replace(PART, (_, optional: string | undefined, name: string) => {
    if (optional === undefined) return textOf(name)
    const names = [...optional.matchAll(NAME)].map(([, inner = '']) => inner)
    if (names.some((inner) => values[inner] === undefined)) return ''
    return optional.replace(NAME, (_, inner: string) => textOf(inner))
  })
}
