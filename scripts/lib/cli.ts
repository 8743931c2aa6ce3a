/** One way to declare a script's options: parsed by node:util, shown by `--help`. */
import { parseArgs } from 'node:util'
import { describe, EXIT, Failure } from './failure.ts'

/** One option. `env` names the variable that gives its value when the flag is absent; `value` is the word shown for it. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly help: string
  readonly value?: string
  readonly short?: string
  readonly default?: string
  readonly env?: string
}

/** What a script is and takes. `positionals` describes each word it accepts, by name; none are accepted without it. */
export interface Usage<F extends Record<string, Flag>> {
  readonly command: string
  readonly summary: string
  readonly positionals?: Readonly<Record<string, string>>
  readonly flags: F
  readonly examples?: readonly string[]
}

/** Values by flag: booleans are always there, strings are there when the flag has a default. */
export type Values<F extends Record<string, Flag>> = {
  [K in keyof F]: F[K]['type'] extends 'boolean'
    ? boolean
    : F[K] extends { default: string }
      ? string
      : string | undefined
}

/**
 * Parses `argv`. With `--help` it prints the usage and ends the process with 0. Throws `Failure` for an option that is
 * not declared or lacks its value.
 */
export function parseCli<const F extends Record<string, Flag>>(
  usage: Usage<F>,
  argv: readonly string[] = process.argv.slice(2),
): { values: Values<F>; positionals: string[] } {
  const parsed = parse(usage, argv)
  if (parsed.values.help === true) {
    process.stdout.write(usageText(usage))
    process.exit(0)
  }
  const values: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries<Flag>(usage.flags)) {
    const given = parsed.values[name] ?? (flag.env === undefined ? undefined : process.env[flag.env] || undefined)
    values[name] = flag.type === 'boolean' ? given === true || given === 'true' : (given ?? flag.default)
  }
  return { values: values as Values<F>, positionals: parsed.positionals }
}

function parse<F extends Record<string, Flag>>(
  usage: Usage<F>,
  argv: readonly string[],
): { values: Record<string, unknown>; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
  }
  for (const [name, flag] of Object.entries<Flag>(usage.flags)) {
    options[name] = flag.short === undefined ? { type: flag.type } : { type: flag.type, short: flag.short }
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: usage.positionals !== undefined })
  } catch (error) {
    throw new Failure(describe(error), { cure: `See: ${usage.command} --help`, code: EXIT.configuration })
  }
}

/** The text of `--help`. */
export function usageText<F extends Record<string, Flag>>(usage: Usage<F>): string {
  const words = Object.entries(usage.positionals ?? {})
  const flags = Object.entries<Flag>({ ...usage.flags, help: { type: 'boolean', short: 'h', help: 'Show this text' } })
  const rows: [string, string][] = flags.map(([name, flag]) => [flagLabel(name, flag), flagHelp(flag)])
  const width = Math.max(...[...words, ...rows].map(([label]) => label.length)) + 2
  const table = (entries: readonly (readonly [string, string])[]): string =>
    entries.map(([label, help]) => `  ${label.padEnd(width)}${help}\n`).join('')
  const head = `${usage.summary}\n\nUsage: ${usage.command}${words.length > 0 ? ' COMMAND' : ''} [options]\n`
  const commands = words.length > 0 ? `\nCommands:\n${table(words)}` : ''
  const examples = usage.examples ? `\nExamples:\n${usage.examples.map((line) => `  ${line}\n`).join('')}` : ''
  return `${head}${commands}\nOptions:\n${table(rows)}${examples}`
}

function flagLabel(name: string, flag: Flag): string {
  return `${flag.short ? `-${flag.short}, ` : ''}--${name}${flag.type === 'string' ? ` ${flag.value ?? 'VALUE'}` : ''}`
}

function flagHelp(flag: Flag): string {
  const notes = [flag.env && `env ${flag.env}`, flag.default && `default ${flag.default}`].filter(Boolean)
  return notes.length > 0 ? `${flag.help} (${notes.join(', ')})` : flag.help
}

/** A whole number from an option's text. Throws `Failure` naming the option when it is not one of at least `min`. */
export function wholeNumber(name: string, text: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new Failure(`--${name} ${text} is not a whole number from ${min} to ${max}`, {
    cure: `Give --${name} a number, or leave it out.`,
    code: EXIT.configuration,
  })
}
