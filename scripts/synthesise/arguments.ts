/** The command line of the synthesiser, declared once: parsed from here, and the help is printed from here. */
import { type Flag, parseCli, type Usage } from '../lib/cli.ts'
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { DEFAULT_START_AT } from './clock.ts'
import { isKindName, kinds } from './kinds/index.ts'
import { DEFAULTS, resolveSettings, type Settings, type SynthesiserOptions } from './options.ts'

/** An option of the command line and how its text becomes an option of the library. */
interface Option extends Flag {
  readonly read: (text: string) => Partial<SynthesiserOptions>
}

const text = (value: string, help: string, read: Option['read'], fallback?: string): Option => ({
  type: 'string',
  value,
  help,
  read,
  ...(fallback === undefined ? {} : { default: fallback }),
})

const flags: Readonly<Record<string, Option>> = {
  port: text('PORT', 'Listen here; 0 takes a free port', (given) => ({ port: number(given) }), '0'),
  host: text('HOST', 'Address to listen on', (host) => ({ host }), DEFAULTS.host),
  path: text('PATH', 'Path of the WebSocket', (path) => ({ path }), DEFAULTS.path),
  rate: text('N|max', 'Messages per second and connection', readRate, String(DEFAULTS.rate)),
  count: text('N', 'Stop after N messages per connection, and stay open', (given) => ({ count: number(given) })),
  seed: text('TEXT', 'Equal seeds give equal messages', (seed) => ({ seed }), DEFAULTS.seed),
  'start-at': text(
    'TIME|now',
    'Where the clock in the messages begins',
    readTime,
    new Date(DEFAULT_START_AT).toISOString(),
  ),
  pool: text(
    'N',
    `Signed kinds: sign N documents once and rotate them with fresh start times; 0 signs each (0 up to 1,000 messages/s, then ${DEFAULTS.pool})`,
    (given) => ({ pool: number(given) }),
  ),
  connections: text('N', 'Answer 503 beyond N open connections', (given) => ({ connections: number(given) })),
  'silent-after': text('N', 'Go silent after N messages, and stay open', (given) => ({ silentAfter: number(given) })),
  'close-after': text('N[:CODE]', 'Close after N messages (code 1000)', readCloseAfter),
  'drop-after': text('N', 'Cut the connection after N messages, no close frame', (given) => ({
    dropAfter: number(given),
  })),
  refuse: text('STATUS[:RETRY_AFTER]', 'Answer every handshake with this HTTP status', readRefuse),
  garbage: text(
    'EVERY',
    'After every N messages one that is no data (pings, broken UTF-8, deep nesting …)',
    (given) => ({
      garbage: number(given),
    }),
  ),
  'no-pong': { type: 'boolean', help: 'Leave pings unanswered', read: () => ({ noPong: true }) },
  'slow-open': text('MS', 'Answer handshakes only after so many milliseconds', (given) => ({
    slowOpenMs: number(given),
  })),
}

const usage: Usage<Record<string, Option>> = {
  command: 'node scripts/synthesise/main.ts',
  summary:
    'Serves a synthetic upstream (the COMMAND is its kind): a real WebSocket with repeatable messages, and health at\n' +
    '/health on the same port. Failure modes combine; their counts are messages of one connection. SIGTERM closes with 1001.',
  positionals: Object.fromEntries(Object.entries(kinds).map(([name, { help }]) => [name, help])),
  flags,
  examples: [
    'node scripts/synthesise/main.ts trades --port 4200 --rate 100',
    'node scripts/synthesise/main.ts credentials --rate max --count 100000 --garbage 50 --close-after 5000:1012',
  ],
}

/** What the command line asks for. With `--help` it prints the usage and ends the process. Throws `Failure`. */
export function readArguments(argv: readonly string[]): Settings {
  const { values, positionals } = parseCli(usage, argv)
  const choices = Object.keys(kinds).join(', ')
  const [kind, ...rest] = positionals
  if (kind === undefined) throw misuse('No kind given', `Name one of ${choices}.`)
  if (!isKindName(kind)) throw misuse(`Unknown kind ${kind}`, `Name one of ${choices}.`)
  if (rest.length > 0) throw misuse(`More than one kind: ${positionals.join(' ')}`, 'Start one process for each.')
  let options: SynthesiserOptions = { kind }
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || value) options = { ...options, ...readFlag(name, String(value)) }
  }
  try {
    return resolveSettings(options)
  } catch (error) {
    throw misuse(describe(error), `See: ${usage.command} --help`)
  }
}

function readFlag(name: string, given: string): Partial<SynthesiserOptions> {
  try {
    return flags[name]?.read(given) ?? {}
  } catch (error) {
    throw misuse(`--${name} ${describe(error)}`, `See: ${usage.command} --help`)
  }
}

function misuse(problem: string, cure: string): Failure {
  return new Failure(problem, { cure, code: EXIT.configuration })
}

function readRate(given: string): Partial<SynthesiserOptions> {
  return { rate: given === 'max' ? Number.POSITIVE_INFINITY : number(given) }
}

function readTime(given: string): Partial<SynthesiserOptions> {
  const startAt = given === 'now' ? Date.now() : Date.parse(given)
  if (Number.isNaN(startAt)) throw new RangeError(`takes a time such as 2025-01-19T12:34:56Z, or now, not ${given}`)
  return { startAt }
}

function readCloseAfter(given: string): Partial<SynthesiserOptions> {
  const [messages = '', code] = given.split(':')
  return { closeAfter: { messages: number(messages), code: code === undefined ? undefined : number(code) } }
}

function readRefuse(given: string): Partial<SynthesiserOptions> {
  const [status = '', ...rest] = given.split(':')
  return { refuse: { status: number(status), retryAfter: rest.length === 0 ? undefined : rest.join(':') } }
}

function number(given: string): number {
  if (!/^\d+(\.\d+)?$/.test(given)) throw new RangeError(`takes a number, not ${given}`)
  return Number(given)
}
