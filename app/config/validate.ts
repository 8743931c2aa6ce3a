/** Texts into values by the formats of a table, all problems at once. The only importer of envalid. */
import { customCleanEnv, makeExactValidator, type ReporterOptions, type ValidatorSpec } from 'envalid'
import { ConfigError } from '../errors.ts'
import type { Given } from './lookup.ts'
import { noteQuotes, quotesHint } from './quotes.ts'
import type { Report } from './report.ts'
import type { Setting, Settings, Values } from './setting.ts'

/** A rejected value is shown only up to this length. */
const LONGEST_SHOWN = 24

/** Finds the text that was given for a setting of the table. */
export type Find = (name: string) => Given | undefined

/** What to set when a setting is missing. */
export interface Missing {
  readonly name: string
  readonly example: string | undefined
}

/** Whose settings they are, and what to set for one that is missing, unless they are called as in the table. */
export interface Whose {
  /** As in `FeedConfig`. */
  readonly feed?: string
  readonly missing?: (name: string) => Missing
}

/**
 * Validates what `find` finds for every setting of the table. A setting with a problem takes its default, so that the
 * checks that follow can go on; the caller throws when the report holds a problem.
 */
export function validate<S extends Settings>(
  table: S,
  find: Find,
  report: Report,
  { feed, missing = (name) => ({ name, example: table[name]?.example }) }: Whose = {},
): Values<S> {
  const given = new Map(Object.keys(table).map((name) => [name, find(name)]))
  const texts = Object.fromEntries(Object.keys(table).map((name) => [name, given.get(name)?.text]))
  for (const [setting, text] of Object.entries(texts)) {
    if (text !== undefined) report.texts.push({ feed, setting, text, secret: table[setting]?.secret ?? false })
  }
  const specs = Object.fromEntries(Object.entries(table).map(([name, setting]) => [name, spec(setting)]))
  const failed = new Set<string>()
  // envalid's own reporter prints the rejected values and ends the process.
  const reporter = ({ errors, env }: ReporterOptions<unknown>) => {
    for (const [name, error] of Object.entries<Error>(errors)) {
      const setting = table[name] as Setting<unknown>
      failed.add(name)
      tell(missing(name), setting, given.get(name), error, report)
      if (setting.default !== undefined) Object.assign(env as object, { [name]: setting.format.parse(setting.default) })
    }
  }
  const values = customCleanEnv(texts, specs, (parsed: unknown) => parsed as Values<S>, { reporter })
  for (const [name, one] of given) {
    if (one?.text === undefined ? one !== undefined : failed.has(name)) report.unusable(missing(name).name)
    else if (one?.text !== undefined) noteQuotes(one.text, one.variable, report)
  }
  return values
}

function spec({ format, default: written, required }: Setting<unknown>): ValidatorSpec<unknown> {
  const validator = makeExactValidator<unknown>(format.parse)
  if (required) return validator()
  return validator({ default: written === undefined ? undefined : (format.parse(written) as object) })
}

function tell(cure: Missing, setting: Setting<unknown>, given: Given | undefined, error: Error, report: Report): void {
  if (given === undefined) return tellMissing(cure, setting, report)
  const { text, variable, path } = given
  if (text === undefined) return
  // Anything but a ConfigError is a bug of a format; its text could hold the value.
  const predicates = error instanceof ConfigError ? error.problems : [`must be ${setting.format.expects}`]
  const seen = setting.format.shown && !setting.secret && path === undefined ? shown(text) : ''
  const subject = path === undefined ? variable : `The file of ${variable}`
  const hint = quotesHint(text, setting.format)
  for (const predicate of predicates) report.wrong(variable, `${subject} ${predicate}${seen}`, hint)
}

function tellMissing({ name, example }: Missing, { format }: Setting<unknown>, report: Report): void {
  const suggestion = example === undefined ? '' : `, for example ${example}`
  report.missing(name, `set it to ${format.expects}${suggestion}`)
}

function shown(text: string): string {
  const value = text.trim()
  return value.length > LONGEST_SHOWN ? '' : `; it is ${JSON.stringify(value)}`
}
