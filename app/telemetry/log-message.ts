/** Messages of the log, each declared once with level, text, cause and cure. The log and docs/messages.md use the same declaration. */
import type { LogLevel, LogLine } from './line.ts'

/** A documented message. In `text`, `{name}` stands for a value; `[…]` is omitted if a value inside is undefined. */
export interface LogMessage {
  readonly level: LogLevel
  readonly text: string
  /** Why the line is written: one or two sentences. */
  readonly cause: string
  /** What to do: one or two sentences. Undefined where there is nothing to do. */
  readonly cure?: string | undefined
}

/** A message that makes lines. */
export interface Sayable<Text extends string = string> extends LogMessage {
  /** A line of the log with `values` in the text, and `fields` beside it. */
  line(values: Insertions<Text>, fields?: object): LogLine
}

type Insertion = string | number | bigint
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never
type OptionalPlaceholders<Text extends string> = Text extends `${string}[${infer Inside}]${infer Rest}`
  ? Placeholders<Inside> | OptionalPlaceholders<Rest>
  : never
type Insertions<Text extends string> = {
  readonly [Name in Exclude<Placeholders<Text>, OptionalPlaceholders<Text>>]: Insertion
} & { readonly [Name in OptionalPlaceholders<Text>]: Insertion | undefined }

/** A warning or an error without a cure does not compile. */
type Explanation<L extends LogLevel> = L extends 'warn' | 'error'
  ? Required<Pick<LogMessage, 'cause' | 'cure'>>
  : Pick<LogMessage, 'cause' | 'cure'>

/** Declares a message. */
export function logMessage<const L extends LogLevel, const Text extends string>(
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
const PLACEHOLDER = /\{(\w+)\}/g

/** A single pass keeps braces and brackets in values. */
function fill(text: string, values: Readonly<Record<string, Insertion | undefined>>): string {
  const textOf = (name: string): string => String(values[name])
  return text.replace(PART, (_, optional: string | undefined, name: string) => {
    if (optional === undefined) return textOf(name)
    const names = [...optional.matchAll(PLACEHOLDER)].map(([, inner = '']) => inner)
    if (names.some((inner) => values[inner] === undefined)) return ''
    return optional.replace(PLACEHOLDER, (_, inner: string) => textOf(inner))
  })
}
