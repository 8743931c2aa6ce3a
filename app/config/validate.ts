/** Texts into values by the formats of a table, all problems at once. The only importer of envalid. */
import { customCleanEnv, makeExactValidator, type ReporterOptions, type ValidatorSpec } from 'envalid'
import { ConfigError } from '../errors.ts'
import type { Given } from './lookup.ts'
import type { Report } from './report.ts'
import type { Setting, Settings, Values } from './setting.ts'

/** A rejected value is shown only up to this length. */
const LONGEST_SHOWN = 24

/** Finds the text that was given for a setting of the table. */
export type Find = (name: string) => Given | undefined

/** What to set when a setting is missing. */
export interface Cure {
  readonly name: string
  readonly example: string | undefined
}

/**
 * Validates what `find` finds for every setting of the table. A setting with a problem takes its default, so that the
 * checks that follow can go on; the caller throws when the report holds a problem. `cure` names the variable to set, with
 * an example, for a setting that is missing.
 */
export function validate<S extends Settings>(
  table: S,
  find: Find,
  report: Report,
  cure: (name: string) => Cure = (name) => ({ name, example: table[name]?.example }),
): Values<S> {
  const given = new Map(Object.keys(table).map((name) => [name, find(name)]))
  const texts = Object.fromEntries(Object.keys(table).map((name) => [name, given.get(name)?.text]))
  for (const [setting, text] of Object.entries(texts)) {
    if (text !== undefined)
      report.texts.push({ feed: report.feed, setting, text, secret: table[setting]?.secret ?? false })
  }
  const specs = Object.fromEntries(Object.entries(table).map(([name, setting]) => [name, spec(setting)]))
  // envalid's own reporter prints the rejected values and ends the process.
  const reporter = ({ errors, env }: ReporterOptions<unknown>) => {
    for (const [name, error] of Object.entries<Error>(errors)) {
      const setting = table[name] as Setting<unknown>
      report.problems.push(...problemsOf(cure(name), setting, given.get(name), error))
      if (setting.default !== undefined) Object.assign(env as object, { [name]: setting.format.parse(setting.default) })
    }
  }
  return customCleanEnv(texts, specs, (values: unknown) => values as Values<S>, { reporter })
}

function spec({ format, default: written, required }: Setting<unknown>): ValidatorSpec<unknown> {
  const validator = makeExactValidator<unknown>(format.parse)
  if (required) return validator()
  return validator({ default: written === undefined ? undefined : (format.parse(written) as object) })
}

function problemsOf(cure: Cure, setting: Setting<unknown>, given: Given | undefined, error: Error): string[] {
  if (given === undefined) return [missing(cure, setting)]
  if (given.text === undefined) return []
  // Anything but a ConfigError is a bug of a format; its text could hold the value.
  const predicates = error instanceof ConfigError ? error.problems : [`must be ${setting.format.expects}`]
  const seen = setting.format.shown && !setting.secret && given.path === undefined ? shown(given.text) : ''
  const subject = given.path === undefined ? given.variable : `The file of ${given.variable}`
  return predicates.map((predicate) => `${subject} ${predicate}${seen}.`)
}

function missing({ name, example }: Cure, { format }: Setting<unknown>): string {
  return `${name} is missing: set it to ${format.expects}${example === undefined ? '' : `, for example ${example}`}.`
}

function shown(text: string): string {
  const value = text.trim()
  return value.length > LONGEST_SHOWN ? '' : `; it is ${JSON.stringify(value)}`
}
