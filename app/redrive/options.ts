/** Arguments of `tributary redrive`. */
import { parseArgs } from 'node:util'
import { ConfigError } from '../errors.ts'
import { parseList } from '../lib/list.ts'
import { duration } from '../settings/formats/measures.ts'

/** Empty lists and undefined mean no restriction. */
export interface RedriveOptions {
  readonly topics: readonly string[]
  readonly feeds: ReadonlySet<string>
  readonly reasons: ReadonlySet<string>
  /** Range of record timestamps in milliseconds since the epoch, inclusive. */
  readonly since: number | undefined
  readonly until: number | undefined
  readonly limit: number
  /** Sends all documents of each message, not only the refused ones. */
  readonly whole: boolean
  /** False: a dry run. */
  readonly go: boolean
}

const LONGEST_MS = 100 * 366 * 86_400_000
/** The unit is required: a bare number could mean a year. */
const age = duration({ max: LONGEST_MS, bare: false })

/** Throws `ConfigError` with every problem. Durations count back from `now` (ms since the epoch). */
export function redriveOptions(args: readonly string[], now: number): RedriveOptions {
  const values = parsedRedriveArgs(args)
  const problems: string[] = []
  const options = {
    topics: listOption('--topic', values.topic, problems),
    feeds: new Set(listOption('--feed', values.feed, problems).map((feed) => feed.toLowerCase())),
    reasons: new Set(listOption('--reason', values.reason, problems)),
    since: moment('--since', values.since, now, problems),
    until: moment('--until', values.until, now, problems),
    limit: limitOf(values.limit, problems),
    whole: values.whole ?? false,
    go: values.go ?? false,
  }
  if (options.since !== undefined && options.until !== undefined && options.since > options.until) {
    problems.push('--since must not be later than --until.')
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return options
}

function parsedRedriveArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        topic: { type: 'string', multiple: true },
        feed: { type: 'string', multiple: true },
        reason: { type: 'string', multiple: true },
        since: { type: 'string' },
        until: { type: 'string' },
        limit: { type: 'string' },
        whole: { type: 'boolean' },
        go: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new ConfigError([`${error instanceof Error ? error.message : error}. See tributary redrive --help.`])
  }
}

/** Refuses an empty list: an empty variable of a script must not select everything. */
function listOption(name: string, given: readonly string[] | undefined, problems: string[]): string[] {
  const items = given?.flatMap((text) => parseList(text) ?? []) ?? []
  if (given && items.length === 0) problems.push(`${name} is empty.`)
  return items
}

/** A time, or a duration before `now`. UTC unless a zone is given. */
function moment(name: string, given: string | undefined, now: number, problems: string[]): number | undefined {
  if (given === undefined) return undefined
  const [, date, clock = 'T00:00Z', zone] =
    /^(\d{4}-\d\d-\d\d)(?:(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(given.trim()) ?? []
  const at =
    date === undefined ? ago(given, now) : Date.parse(`${date}${clock}${zone ?? (clock.endsWith('Z') ? '' : 'Z')}`)
  if (!Number.isNaN(at)) return at
  problems.push(`${name} must be a time such as 2026-01-19T12:34:56Z, or how long ago, such as 90m, 2h or 7d.`)
  return undefined
}

function ago(given: string, now: number): number {
  try {
    return now - age.parse(given)
  } catch {
    return Number.NaN
  }
}

function limitOf(given: string | undefined, problems: string[]): number {
  if (given === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given)
  problems.push('--limit must be a whole number from 1.')
  return 0
}
