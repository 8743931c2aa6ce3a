/** The rows of tests/integration/cases.test.ts: one JSON file each, which says what an upstream sends and what must become of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { type Daemon, type LedgerReport, startDaemon } from './daemon.ts'
import { settled } from './daemon-feeds.ts'
import type { Samples } from './daemon-metrics.ts'
import { decode } from './decode/decode.ts'
import { createTopic, readTopic, registerSchema, uniqueName } from './stack.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const FOLDER = new URL('../fixtures/cases/', import.meta.url)
const GAPS_SCHEMA = readFileSync(new URL('../../schemas/tributary.gaps.avsc', import.meta.url), 'utf8')

/** What a file holds. Numbers in `records` and `gaps` are compared with all of their digits. */
export interface Case {
  /** What is right, as a user would say it. */
  readonly right: string
  /** The texts that the upstream sends, in order, to the first connection. */
  readonly messages: readonly string[]
  /** Registered for the feed's topic, as it stands in the file. */
  readonly schema: object
  /** Settings of the feed, by suffix: `KEY_FIELD` is `FEED_<NAME>_KEY_FIELD`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Variables that are not of a feed. A case that has some gets a daemon of its own. */
  readonly environment?: Readonly<Record<string, string>>
  readonly expect: Expected
}

/** What is not mentioned is not looked at, but every document must be produced or refused as it says. */
export interface Expected {
  /** The records, decoded, in order. */
  readonly records: readonly unknown[]
  readonly keys?: readonly (string | null)[]
  /** Milliseconds since the epoch; null: the time of receiving. */
  readonly timestamps?: readonly (number | null)[]
  /** How many documents are refused, by reason; none if not given. */
  readonly refused?: Readonly<Record<string, number>>
  /** Gap records, in part, in order. */
  readonly gaps?: readonly object[]
  /** Sums over the feed's samples, by name of the metric, or `name{label="value",…}`. */
  readonly metrics?: Readonly<Record<string, number>>
  /** Texts of which each is in exactly one line of the feed's log. */
  readonly log?: readonly string[]
  /** Texts of which each is in a line that `tributary check` prints with the same variables; `exit code 0` is its last line. */
  readonly check?: readonly string[]
}

/** What became of a case; the numbers in it as `exactly` makes them. */
export interface Outcome extends Required<Omit<Expected, 'timestamps'>> {
  readonly timestamps: readonly number[]
  readonly startedAt: number
}

/** Every case by name, which is the name of its file. */
export function cases(): [name: string, what: Case][] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  return files.sort().map((file) => {
    const what = exactly(readFileSync(new URL(file, FOLDER), 'utf8')) as Case
    return [file.replace(/\.json$/, ''), what]
  })
}

/** JSON as the engine reads it, but whole numbers without a fraction are bigints: every digit counts. */
export function exactly(text: string): unknown {
  const reviver = (_name: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value
  return JSON.parse(text, reviver)
}

/** Runs all cases, in one daemon with a feed each as far as that is possible, and resolves to what became of each. */
export async function runAll(all: readonly [string, Case][]): Promise<Map<string, Outcome>> {
  const together = all.filter(([, { environment }]) => !environment)
  const groups = [together, ...all.filter(([, { environment }]) => environment).map((one) => [one])]
  const found: [string, Outcome][] = []
  for (const group of groups) if (group.length > 0) found.push(...(await runGroup(group)))
  return new Map(found)
}

async function runGroup(all: readonly [string, Case][]): Promise<Map<string, Outcome>> {
  const gapsTopic = uniqueName('gaps')
  await Promise.all([registerSchema(`${gapsTopic}-value`, GAPS_SCHEMA), createTopic({ name: gapsTopic })])
  const feeds = await Promise.all(all.map(prepare))
  try {
    const env = Object.assign({ GAPS_TOPIC: gapsTopic }, ...feeds.map(({ env }) => env))
    const startedAt = Date.now()
    await using daemon = startDaemon(env)
    await daemon.ready()
    for (const feed of feeds) feed.ledger = await settled(daemon, feed.name, feed.what.messages.length)
    return await outcomes(feeds, daemon, gapsTopic, startedAt)
  } finally {
    await Promise.all(feeds.map(({ upstream }) => upstream.close()))
  }
}

interface Feed {
  readonly case: string
  readonly what: Case
  readonly name: string
  readonly topic: string
  readonly upstream: Upstream
  readonly env: Readonly<Record<string, string>>
  ledger: LedgerReport | undefined
}

async function prepare([name, what]: [string, Case]): Promise<Feed> {
  const topic = uniqueName(name)
  const prefix = `FEED_${name.toUpperCase().replaceAll('-', '_')}`
  await Promise.all([registerSchema(`${topic}-value`, textOf(what.schema)), createTopic({ name: topic })])
  const upstream = await startUpstream({
    onSocket: (socket, n) => {
      if (n === 1) for (const text of what.messages) socket.send(text)
    },
  })
  const settings = Object.entries(what.settings ?? {}).map(([suffix, value]) => [`${prefix}_${suffix}`, value])
  const own = { [`${prefix}_URLS`]: upstream.url, [`${prefix}_SCHEMA`]: topic, ...Object.fromEntries(settings) }
  const env = { ...own, ...what.environment }
  return { case: name, what, name: prefix.slice('FEED_'.length).toLowerCase(), topic, upstream, env, ledger: undefined }
}

async function outcomes(
  feeds: readonly Feed[],
  daemon: Daemon,
  gapsTopic: string,
  startedAt: number,
): Promise<Map<string, Outcome>> {
  const stored = await Promise.all(feeds.map(({ topic, what }) => readTopic(topic, what.expect.records.length)))
  const gapCount = feeds.reduce((sum, { what }) => sum + (what.expect.gaps?.length ?? 0), 0)
  const gaps = gapCount === 0 ? [] : await readTopic(gapsTopic, gapCount)
  const decoded = (await decode([...stored.flat(), ...gaps])).map(({ text }) => exactly(text))
  const gapRecords = decoded.splice(stored.flat().length) as { feed: string }[]
  const metrics = await daemon.metrics()
  const checked = await Promise.all(feeds.map(({ what, env }) => (what.expect.check ? printedByCheck(env) : [])))
  const found = feeds.map(({ case: name, name: feed, what, ledger }, at): [string, Outcome] => {
    const records = stored[at] ?? []
    const outcome: Outcome = {
      records: decoded.splice(0, records.length),
      keys: records.map(({ key }) => key?.toString() ?? null),
      timestamps: records.map(({ timestamp }) => timestamp),
      refused: ledger?.refused ?? {},
      gaps: gapRecords.filter((gap) => gap.feed === feed),
      metrics: Object.fromEntries(
        Object.keys(what.expect.metrics ?? {}).map((sample) => [sample, sampleOf(metrics, sample, feed)]),
      ),
      log: daemon.log.filter((line) => line.feed === feed).map(({ msg }) => msg),
      check: checked[at] ?? [],
      startedAt,
    }
    return [name, outcome]
  })
  return new Map(found)
}

/** The lines of `tributary check`, and its exit code. */
async function printedByCheck(env: Readonly<Record<string, string>>): Promise<string[]> {
  await using check = startDaemon(env, ['check'])
  const { code } = await check.exited
  return [...check.stdout.split('\n').map((line) => line.trim()), `exit code ${code}`]
}

/** `name` or `name{label="value"}` of one feed; NaN where there is none. */
function sampleOf(metrics: Samples, sample: string, feed: string): number {
  const [name = '', labels = ''] = sample.split('{')
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])
  return metrics.value(name, { feed, ...Object.fromEntries(pairs) }) ?? Number.NaN
}

/** The schema as its file has it: JSON that the engine prints would have lost the digits of defaults. */
function textOf(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }
  return JSON.stringify(value, (_name, each) => (typeof each === 'bigint' ? rawJSON(`${each}`) : each))
}
