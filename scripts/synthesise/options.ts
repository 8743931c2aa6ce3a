/** What a synthesiser can be asked to do: one type, its defaults, and the checks both the library and the command use. */
import { DEFAULT_START_AT } from './clock.ts'
import type { KindName } from './kinds/index.ts'

/** Ways to fail; any of them together. Counts are messages of one connection, garbage not counted. */
export interface Failures {
  /** Send nothing more after N messages; the connection stays open. */
  readonly silentAfter?: number | undefined
  /** Close after N messages with this code (default 1000). */
  readonly closeAfter?: { readonly messages: number; readonly code?: number | undefined } | undefined
  /** After N messages have left, cut the connection without a close frame. */
  readonly dropAfter?: number | undefined
  /** Answer every handshake with this HTTP status, and `Retry-After: <text>`. */
  readonly refuse?: { readonly status: number; readonly retryAfter?: string | undefined } | undefined
  /** One piece of garbage after every N messages. */
  readonly garbage?: number | undefined
  /** Leave pings unanswered. */
  readonly noPong?: boolean | undefined
  /** Answer a handshake only after this long, milliseconds. */
  readonly slowOpenMs?: number | undefined
}

/** Everything but the kind has a default. */
export interface SynthesiserOptions extends Failures {
  readonly kind: KindName
  readonly host?: string | undefined
  /** 0 takes a free port. */
  readonly port?: number | undefined
  readonly path?: string | undefined
  /** Messages per second and connection; Infinity sends as fast as the client reads. */
  readonly rate?: number | undefined
  /** Send so many messages per connection, then stay open and silent. */
  readonly count?: number | undefined
  readonly seed?: string | undefined
  /** Connections open at once; further ones are answered with 503. */
  readonly connections?: number | undefined
  /** Where the clock inside the messages begins, milliseconds since the epoch. */
  readonly startAt?: number | undefined
  /** Signed kinds: documents signed once and rotated; 0 signs each message. Default: 0 up to 1,000 messages/s, else 256. */
  readonly pool?: number | undefined
  /** Keep the exact texts sent, garbage left out, for `texts()`. */
  readonly record?: boolean | undefined
}

type Defaulted = 'host' | 'port' | 'path' | 'rate' | 'count' | 'seed' | 'connections' | 'startAt' | 'pool' | 'record'

/** The options with their defaults in place. */
export type Settings = Failures & { readonly kind: KindName } & {
  readonly [Name in Defaulted]-?: NonNullable<SynthesiserOptions[Name]>
}

export const DEFAULTS = { host: '127.0.0.1', path: '/ws', rate: 10, seed: 'tributary', pool: 256 } as const

/** Above this rate signed kinds rotate a pool, because one core signs about 20,000 messages a second. */
const SIGN_EACH_UP_TO = 1000

/** Fills in the defaults and checks the ranges. Throws RangeError with what is wrong and what would be right. */
export function resolveSettings(options: SynthesiserOptions): Settings {
  checkNumbers(options)
  const { rate = DEFAULTS.rate, path = DEFAULTS.path } = options
  check(path.startsWith('/') && path !== '/health', 'path must begin with / and is not /health, which is taken')
  const settings = {
    host: DEFAULTS.host,
    port: 0,
    count: Number.POSITIVE_INFINITY,
    seed: DEFAULTS.seed,
    connections: Number.POSITIVE_INFINITY,
    startAt: DEFAULT_START_AT,
    pool: rate > SIGN_EACH_UP_TO ? DEFAULTS.pool : 0,
    record: false,
    ...withoutUndefined(options),
  }
  return { ...settings, rate, path, kind: options.kind }
}

/** An option given as undefined is an option not given. */
function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> }
}

function checkNumbers(options: SynthesiserOptions): void {
  check(options.rate === undefined || options.rate > 0, 'rate must be above 0')
  for (const name of ['count', 'pool', 'silentAfter', 'dropAfter', 'slowOpenMs'] as const) {
    checkWhole(name, options[name], 0)
  }
  checkWhole('closeAfter', options.closeAfter?.messages, 0)
  checkWhole('garbage', options.garbage, 1)
  checkWhole('connections', options.connections, 1)
  checkWhole('port', options.port, 0, 65_535)
  checkWhole('the HTTP status', options.refuse?.status, 400, 599)
  check(!/[\r\n]/.test(options.refuse?.retryAfter ?? ''), 'Retry-After must be one line')
  const code = options.closeAfter?.code ?? 1000
  const sendable =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  check(Number.isInteger(code) && sendable, `${code} cannot be sent as a close code: take 1000 to 1014 or 3000 to 4999`)
}

function checkWhole(name: string, value: number | undefined, low: number, high = Number.MAX_SAFE_INTEGER): void {
  const wanted = high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`
  const unlimited = value === undefined || value === Number.POSITIVE_INFINITY
  check(
    unlimited || (Number.isInteger(value) && value >= low && value <= high),
    `${name} must be a whole number ${wanted}`,
  )
}

function check(good: boolean, problem: string): void {
  if (!good) throw new RangeError(problem)
}
