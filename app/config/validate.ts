/** Texts into values by the formats of a table, all problems at once. The only importer of envalid. */
import { customCleanEnv, makeExactValidator, type ReporterOptions, type ValidatorSpec } from 'envalid'
import { ConfigError } from '../errors.ts'
import type { Setting, Settings, ValuesByName } from '../settings/setting.ts'
import type { Given } from './lookup.ts'
import { noteQuotes, quotesHint } from './quotes.ts'
import type { Report } from './report.ts'

/** A rejected value is shown only up to this length. */
const LONGEST_SHOWN = 24

/** Finds the text that was given for a setting of the table. */
export type Find = (name: string) => Given | undefined

/** What to set when a setting is missing. */
export interface Missing {
  readonly name: string
  /** The variable of it, where `name` is a key. */
  readonly variable?: string
  readonly example: string | undefined
}

/** Whose settings they are, and what to set for one that is missing, unless they are called as in the table. */
export interface Whose {
  /** As in `FeedConfig`. */
  readonly feed?: string | undefined
  readonly missing?: ((name: string) => Missing) | undefined
  /** What need not be there this time, though it is required. */
  readonly optional?: ReadonlySet<string> | undefined
}

/**
 * Validates what `find` finds for every setting of the table. A setting with a problem takes its default, so that the
 * checks that follow can go on; the caller throws when the report holds a problem.
 */
export function validate<S extends Settings>(
  table: S,
  find: Find,
  report: Report,
  { feed, optional, missing = (name) => ({ name, example: table[name]?.example }) }: Whose = {},
): ValuesByName<S> {
  const given = new Map(Object.keys(table).map((name) => [name, find(name)]))
  const texts = Object.fromEntries(Object.keys(table).map((name) => [name, given.get(name)?.text]))
  const specs = Object.fromEntries(
    Object.entries(table).map(([name, setting]) => [name, spec(setting, optional?.has(name))]),
  )
  const failed = new Set<string>()
  // envalid's own reporter prints the rejected values and ends the process.
  const reporter = ({ errors, env }: ReporterOptions<unknown>) => {
    for (const [name, error] of Object.entries<Error>(errors)) {
      const setting = table[name] as Setting<unknown>
      failed.add(name)
      tell(missing(name), setting, given.get(name), error, report)
      Object.assign(env as object, { [name]: box(setting, setting.default) })
    }
  }
  const boxes = customCleanEnv(texts, specs, (parsed: unknown) => parsed as Readonly<Record<string, Box>>, { reporter })
  const settled: Record<string, unknown> = Object.fromEntries(
    Object.entries(boxes).map(([name, { value }]) => [name, value]),
  )
  for (const [name, setting] of Object.entries(table)) {
    const one = given.get(name)
    if (one?.text !== undefined) note(setting, name, one.text, feed, report)
    if (one && (one.text === undefined || failed.has(name))) report.unusable(missing(name).name)
    else if (one?.text !== undefined) {
      noteQuotes(one.text, one.variable, report)
      settled[name] = settle(setting, settled[name], one, report)
    }
  }
  return settled as ValuesByName<S>
}

/** What is to be known of a text besides its value. */
function note(setting: Setting<unknown>, name: string, text: string, feed: string | undefined, report: Report): void {
  report.texts.push({ feed, setting: name, text, secret: setting.secret ?? false })
  if (setting.format.isPath) report.files.add(text.trim())
}

function settle(setting: Setting<unknown>, value: unknown, one: Given, report: Report): unknown {
  const { variable: called, path } = one
  return setting.settle ? setting.settle(value, { called, isFile: path !== undefined }, report) : value
}

/** envalid takes undefined for no value at all, and some formats mean something by it. */
interface Box {
  readonly value: unknown
}

function box({ format }: Setting<unknown>, text: string | undefined): Box {
  return { value: text === undefined ? undefined : format.parse(text) }
}

function spec(setting: Setting<unknown>, isOptional = false): ValidatorSpec<Box> {
  const validator = makeExactValidator<Box>((text) => box(setting, text))
  return setting.required && !isOptional ? validator() : validator({ default: box(setting, setting.default) })
}

function tell(cure: Missing, setting: Setting<unknown>, given: Given | undefined, error: Error, report: Report): void {
  if (given === undefined) return tellMissing(cure, setting, report)
  const { text, variable, called, path, isShown } = given
  if (text === undefined) return
  // Anything but a ConfigError is a bug of a format; its text could hold the value.
  const predicates = error instanceof ConfigError ? error.problems : [`must be ${setting.format.expects}`]
  const seen = setting.format.shown && !setting.secret && isShown ? shown(text) : ''
  const subject = path === undefined ? called : `The file of ${called}`
  const hint = quotesHint(text, setting.format)
  for (const predicate of predicates) report.wrong(variable, `${subject} ${predicate}${seen}`, hint)
}

/** Says that a setting is missing, and what it could be set to. */
export function tellMissing({ name, example, variable }: Missing, { format }: Setting<unknown>, report: Report): void {
  const suggestion = example === undefined ? '' : `, for example ${example}`
  report.missing(name, `set it to ${format.expects}${suggestion}`, variable)
}

function shown(text: string): string {
  const value = text.trim()
  return value.length > LONGEST_SHOWN ? '' : `; it is ${JSON.stringify(value)}`
}
