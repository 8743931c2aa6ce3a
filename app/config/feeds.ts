/** Feeds: each setting from the FEED_… variable, else from the preset's own variable, else the preset's fixed value, else the default. */
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import { feedNames } from './feed-names.ts'
import { type Env, type Given, lookup } from './lookup.ts'
import type { Report } from './report.ts'
import type { Choices, Setting, Values } from './setting.ts'
import { type FeedSettings, feedSettings, type Suffix } from './tables/feed.ts'
import { type Preset, presets, toggleSetting } from './tables/presets.ts'

import type { FeedConfig, KeyRule, SequenceConfig } from './types.ts'
import { type Missing, validate } from './validate.ts'

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
  const presetNames = presets.map(({ name }) => name)
  const switched = presets.filter(({ toggle }) => env[toggle]?.trim()).map(({ name }) => name)
  const { names, unknown } = feedNames(env, Object.keys(table), switched)
  for (const { meant, variable } of unknown) if (meant !== undefined) report.meant(meant, variable)
  const on = presets.filter((preset) => isOn(preset, env, names, report))
  const plain = [...names].filter((name) => !presetNames.includes(name))
  if (on.length + plain.length === 0 && unknown.length === 0) noFeed(report)
  const feeds = [
    ...on.map((preset) => readFeed({ name: preset.name, preset, env }, table, shared, report)),
    ...plain.map((name) => readFeed({ name, preset: undefined, env }, table, shared, report)),
  ]
  for (const { variable, text, cure } of unknown) if (!report.isTold(variable)) report.wrong(variable, text, cure)
  return feeds
}

/** A preset is on when its switch says so, or when the switch is unset and FEED_<NAME>_URLS is given: then it is a feed by name. */
function isOn(preset: Preset, env: Env, names: ReadonlySet<string>, report: Report): boolean {
  const { name, toggle } = preset
  const given = lookup(env, toggle, report)
  const { value } = validate({ value: toggleSetting(preset) }, () => given, report)
  const byName = feedSettingName({ name }, 'URLS')
  const on = value || (!given && Boolean(env[byName]?.trim() || env[`${byName}_FILE`]?.trim()))
  if (!on && names.has(name)) {
    const all = feedSettingName({ name }, '…')
    report.note(toggle, `the ${all} variables have no effect: ${toggle} is not true, so that feed is off`)
  }
  return on
}

interface Place {
  readonly name: string
  readonly preset: Preset | undefined
  readonly env: Env
}

function readFeed(place: Place, table: FeedSettings, shared: Shared, report: Report): FeedConfig {
  const { name, preset } = place
  const found = new Map(Object.keys(table).map((suffix) => [suffix, find(place, suffix as Suffix, report)]))
  const names = namesOf(place, found)
  const chosen = new Set([...found].filter(([, given]) => given?.isOwn).map(([suffix]) => suffix))
  const before = report.problems.length
  const values = validate(table, (suffix) => found.get(suffix), report, {
    feed: name.toLowerCase(),
    missing: (suffix) => missing(place, suffix as Suffix, table),
  })
  const laneMaxBytes = values.LANE_MAX_BYTES ?? shared.laneMaxBytes
  const called = (suffix: Suffix): string => feedSettingName({ name, names }, suffix)
  if (report.problems.length === before) checkFeed(called, { ...values, LANE_MAX_BYTES: laneMaxBytes }, chosen, report)
  const silenceMs = preset && !chosen.has('SILENCE_TIMEOUT') ? shared.presetSilenceMs : values.SILENCE_TIMEOUT
  return {
    name: name.toLowerCase(),
    names,
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

/** `called`: what the operator calls a setting. `chosen`: suffixes of those given as FEED_… */
function checkFeed(
  called: (suffix: Suffix) => string,
  values: Values<FeedSettings>,
  chosen: ReadonlySet<string>,
  report: Report,
): void {
  if (chosen.has('KEY') && chosen.has('KEY_FIELD')) {
    report.wrong(called('KEY'), `${called('KEY')} and ${called('KEY_FIELD')} are both set`, 'keep one of them')
  }
  for (const suffix of ['SEQUENCE_FIRST_FIELD', 'SEQUENCE_BY', 'MAX_SEQUENCES'] as const) {
    if (chosen.has(suffix) && !values.SEQUENCE_FIELD) {
      const [name, needed] = [called(suffix), called('SEQUENCE_FIELD')]
      report.ineffective(name, `${name} has no effect without ${needed}`, `set ${needed} too, or remove it`)
    }
  }
  if (values.ALIVE.length > 0 && values.IGNORE.length === 0) {
    const problem = `${called('ALIVE')} has no effect: it says what of ${called('IGNORE')} is a sign of life, and that is not set`
    report.ineffective(called('ALIVE'), problem, 'set both, or remove it')
  }
  if ((values.LANE_MAX_BYTES ?? 0) < values.MAX_MESSAGE_BYTES) {
    const [lane, message] = [called('LANE_MAX_BYTES'), called('MAX_MESSAGE_BYTES')]
    const least = `must be at least ${message} (${values.MAX_MESSAGE_BYTES} bytes), or a message could not enter the lane`
    report.wrong(lane, `${lane} ${least}`)
  }
}

function sequence(values: Values<FeedSettings>): SequenceConfig | undefined {
  const { SEQUENCE_FIELD: last, SEQUENCE_FIRST_FIELD: first, SEQUENCE_BY: by, MAX_SEQUENCES: most } = values
  return last && { last, first, by, most }
}

function plainValues(values: Values<FeedSettings>) {
  return {
    normalise: values.NORMALISE,
    openMessages: values.OPEN_MESSAGES,
    headers: values.HEADERS,
    ignore: values.IGNORE,
    alive: values.ALIVE,
    sequence: sequence(values),
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

/** The text of a feed's setting. */
interface Found extends Given {
  /** It stood in a FEED_… variable. */
  readonly isOwn: boolean
}

/** The text of one setting: its own, that of a preset's variable, or the preset's fixed value or default. */
function find({ name, preset, env }: Place, suffix: Suffix, report: Report): Found | undefined {
  const own = lookup(env, feedSettingName({ name }, suffix), report)
  if (own) return { ...own, isOwn: true }
  const variable = preset?.variables[suffix]
  const given = variable && lookup(env, variable.name, report)
  if (given) return { ...given, isOwn: false }
  const text = preset?.fixed[suffix] ?? variable?.default
  return text === undefined
    ? undefined
    : { text, variable: preset?.toggle ?? '', path: undefined, isOwn: false, isPreset: true }
}

/** What the operator calls the settings; a preset's own variable where none is given, because its users know that one. */
function namesOf(place: Place, found: ReadonlyMap<string, Found | undefined>): GivenNames {
  const names: Record<string, string> = {}
  for (const [suffix, given] of found) {
    const name = given && !given.isPreset ? given.variable : place.preset?.variables[suffix as Suffix]?.name
    if (name !== undefined && name !== feedSettingName(place, suffix)) names[suffix] = name
  }
  return names
}

/** What to set for a setting that is missing. */
function missing({ name, preset }: Place, suffix: Suffix, table: FeedSettings): Missing {
  const { example }: Setting<unknown> = table[suffix]
  return preset?.variables[suffix] ?? { name: feedSettingName({ name }, suffix), example }
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
    const setting = given?.variable ?? ''
    if (given?.path !== undefined) report.wrong(setting, `The file of ${setting} ${twice}`, 'remove one of them')
    else report.note(setting, `${setting} ${twice}`, 'it is dialled once')
    return false
  })
}

function noFeed(report: Report): void {
  const switches = presets.map(({ toggle }) => `${toggle}=True`).join(', ')
  const [urls, schema] = ['URLS', 'SCHEMA'].map((suffix) => feedSettingName({ name: '<name>' }, suffix))
  report.wrong(undefined, 'No feed is on', `set one of ${switches}, or name a feed with ${urls} and ${schema}`)
}
