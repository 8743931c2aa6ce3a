/** Feeds: each setting from the FEED_… variable, else from the preset's own variable, else the preset's fixed value, else the default. */
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import { feedNames } from './feed-names.ts'
import { type Env, type Given, lookup } from './lookup.ts'
import type { Report } from './report.ts'
import type { Choices, Setting, Values } from './setting.ts'
import { type FeedSettings, feedSettings, type Suffix } from './tables/feed.ts'
import { type Preset, presets, toggleSetting } from './tables/presets.ts'
import type { FeedConfig, KeyRule } from './types.ts'
import { type Cure, validate } from './validate.ts'

/** Values that several feeds share. */
export interface Shared {
  readonly handshakeTimeoutMs: number
  /** Silence limit of the preset feeds; 0 = none. */
  readonly presetSilenceMs: number
  /** What a lane holds unless its feed says otherwise, in bytes. */
  readonly laneMaxBytes: number
}

/** The feeds that are on. Names unknown variables, and adds a problem when there is no feed at all. */
export function readFeeds(env: Env, choices: Choices, shared: Shared, report: Report): FeedConfig[] {
  const table = feedSettings(choices)
  const { names, problems } = feedNames(env, Object.keys(table))
  report.problems.push(...problems)
  const on = presets.filter((preset) => isOn(preset, env, names, report))
  const plain = [...names].filter((name) => !presets.some((preset) => preset.name === name))
  if (on.length + plain.length === 0 && problems.length === 0) report.problems.push(noFeed())
  return [
    ...on.map((preset) => readFeed({ name: preset.name, preset, env }, table, shared, report)),
    ...plain.map((name) => readFeed({ name, preset: undefined, env }, table, shared, report)),
  ]
}

/** A preset is on when its switch says so, or when the switch is unset and FEED_<NAME>_URLS is given: then it is a feed by name. */
function isOn(preset: Preset, env: Env, names: ReadonlySet<string>, report: Report): boolean {
  const { name, toggle } = preset
  const given = lookup(env, toggle, report)
  const { value } = validate({ value: toggleSetting(preset) }, () => given, report)
  const byName = `FEED_${name}_URLS`
  const on = value || (!given && Boolean(env[byName]?.trim() || env[`${byName}_FILE`]?.trim()))
  if (!on && names.has(name)) {
    report.warnings.push(`The FEED_${name}_… variables have no effect: ${toggle} is not true, so that feed is off.`)
  }
  return on
}

interface Place {
  readonly name: string
  readonly preset: Preset | undefined
  readonly env: Env
}

function readFeed(place: Place, table: FeedSettings, shared: Shared, all: Report): FeedConfig {
  const { name, preset } = place
  const report = { ...all, feed: name.toLowerCase() }
  const found = new Map(Object.keys(table).map((suffix) => [suffix, find(place, suffix as Suffix, report)]))
  const chosen = new Set(
    [...found].filter(([, given]) => given?.variable.startsWith('FEED_')).map(([suffix]) => suffix),
  )
  const before = report.problems.length
  const values = validate(
    table,
    (suffix) => found.get(suffix),
    report,
    (suffix) => cure(place, suffix as Suffix, table),
  )
  const laneMaxBytes = values.LANE_MAX_BYTES ?? shared.laneMaxBytes
  if (report.problems.length === before) checkFeed(name, { ...values, LANE_MAX_BYTES: laneMaxBytes }, chosen, report)
  const silenceMs = preset && !chosen.has('SILENCE_TIMEOUT') ? shared.presetSilenceMs : values.SILENCE_TIMEOUT
  return {
    name: name.toLowerCase(),
    names: namesOf(place, found),
    urls: once(values.URLS ?? [], found.get('URLS'), report),
    urlsFile: found.get('URLS')?.path,
    schema: values.SCHEMA ?? '',
    key: keyRule(values, chosen),
    headersFile: found.get('HEADERS')?.path,
    openMessagesFile: found.get('OPEN_MESSAGES')?.path,
    silenceTimeoutMs: silenceMs || undefined,
    handshakeTimeoutMs: shared.handshakeTimeoutMs,
    laneMaxBytes,
    ...plainValues(values),
  }
}

function checkFeed(name: string, values: Values<FeedSettings>, chosen: ReadonlySet<string>, report: Report): void {
  const prefix = `FEED_${name}_`
  if (chosen.has('KEY') && chosen.has('KEY_FIELD')) {
    report.problems.push(`${prefix}KEY and ${prefix}KEY_FIELD are both set; keep one of them.`)
  }
  if (values.ALIVE.length > 0 && values.IGNORE.length === 0) {
    report.warnings.push(
      `${prefix}ALIVE has no effect: it says what of ${prefix}IGNORE is a sign of life, and that is not set.`,
    )
  }
  if ((values.LANE_MAX_BYTES ?? 0) < values.MAX_MESSAGE_BYTES) {
    report.problems.push(
      `${prefix}LANE_MAX_BYTES must be at least ${prefix}MAX_MESSAGE_BYTES (${values.MAX_MESSAGE_BYTES} bytes), or a message could not enter the lane.`,
    )
  }
}

function plainValues(values: Values<FeedSettings>) {
  return {
    normalise: values.NORMALISE,
    openMessages: values.OPEN_MESSAGES,
    headers: values.HEADERS,
    ignore: values.IGNORE,
    alive: values.ALIVE,
    sequenceField: values.SEQUENCE_FIELD,
    pingIntervalMs: values.PING_INTERVAL,
    maxMessageBytes: values.MAX_MESSAGE_BYTES,
    maxDocuments: values.MAX_DOCUMENTS,
    backoffMaxMs: values.BACKOFF_MAX,
    backoffSlowMs: values.BACKOFF_SLOW,
    stableAfterMs: values.STABLE_AFTER,
    compression: values.COMPRESSION,
    overload: values.OVERLOAD,
    maxAgeMs: values.MAX_AGE || undefined,
    timestampField: values.TIMESTAMP_FIELD,
  }
}

/** The text of one setting; a preset's fixed value or default stands under a variable that does not begin with FEED_. */
function find({ name, preset, env }: Place, suffix: Suffix, report: Report): Given | undefined {
  const variable = preset?.variables[suffix]
  const given = lookup(env, `FEED_${name}_${suffix}`, report) ?? (variable && lookup(env, variable.name, report))
  const text = preset?.fixed[suffix] ?? variable?.default
  return (
    given ??
    (text === undefined ? undefined : { text, variable: preset?.toggle ?? '', path: undefined, isPreset: true })
  )
}

/** What the operator calls the settings; a preset's own variable where none is given, because its users know that one. */
function namesOf(place: Place, found: ReadonlyMap<string, Given | undefined>): GivenNames {
  const names: Record<string, string> = {}
  for (const [suffix, given] of found) {
    const name = given?.isPreset ? undefined : given?.variable
    const shown = name ?? place.preset?.variables[suffix as Suffix]?.name
    if (shown !== undefined && shown !== feedSettingName(place, suffix)) names[suffix] = shown
  }
  return names
}

/** What to set for a setting that is missing: a preset's own variable, because its users know that one. */
function cure({ name, preset }: Place, suffix: Suffix, table: FeedSettings): Cure {
  const { example }: Setting<unknown> = table[suffix]
  return preset?.variables[suffix] ?? { name: `FEED_${name}_${suffix}`, example }
}

/** A key that was set in so many words wins over the preset's. */
function keyRule({ KEY: value, KEY_FIELD: path }: Values<FeedSettings>, chosen: ReadonlySet<string>): KeyRule {
  if (path && !chosen.has('KEY')) return { kind: 'field', path }
  return value === undefined ? { kind: 'source' } : { kind: 'constant', value }
}

/** Drops repeated URLs. Not those of a file: it is read again at each dial, and its n-th URL is the n-th source. */
function once(urls: readonly string[], given: Given | undefined, report: Report): string[] {
  const first = new Map<string, number>()
  return urls.filter((url, index) => {
    const { href } = new URL(url)
    const earlier = first.get(href)
    if (earlier === undefined) {
      first.set(href, index)
      return true
    }
    const twice = `lists a URL twice (items ${earlier + 1} and ${index + 1})`
    if (given?.path !== undefined) report.problems.push(`The file of ${given.variable} ${twice}; remove one of them.`)
    else report.warnings.push(`${given?.variable} ${twice}; it is dialled once.`)
    return false
  })
}

function noFeed(): string {
  const switches = presets.map(({ toggle }) => `${toggle}=True`).join(', ')
  return `No feed is on: set one of ${switches}, or name a feed with FEED_<NAME>_URLS and FEED_<NAME>_SCHEMA.`
}
