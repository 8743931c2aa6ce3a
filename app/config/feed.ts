/** One feed: each setting from its own variable, else from that of a program that is replaced, else from a preset, else the default. */
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import type { Preset } from '../settings/preset.ts'
import { byProperty, type Setting, type Settings, type ValuesByName } from '../settings/setting.ts'
import { type FeedKinds, kindsOf } from './chosen.ts'
import { keyOf } from './file/keys.ts'
import type { Kinds } from './kinds.ts'
import { type Layer, ranks } from './layers.ts'
import { type Given, lookup } from './lookup.ts'
import type { FeedOn } from './replaced.ts'
import { Report } from './report.ts'
import { sequenceSettings } from './tables/feed.ts'
import { feedTable, type HouseFeed } from './tables/index.ts'
import { sinkOf } from './tables/sinks.ts'
import type { FeedConfigOf, SequenceConfig } from './types.ts'
import { type Missing, validate } from './validate.ts'

/** Values that several feeds share. */
export interface FeedShared {
  readonly handshakeTimeoutMs: number
  /** What a lane holds unless its feed says otherwise, in bytes. */
  readonly laneMaxBytes: number
  /** Where its records go unless it says so, by the name of the sink. */
  readonly sink: string
}

/** A feed that is on. */
export interface Place {
  /** As in the variables. */
  readonly name: string
  readonly layers: readonly Layer[]
  /** The file has it, so what is missing is named as there. */
  readonly isInFile?: boolean
  readonly replaced?: FeedOn
}

/** The text of a feed's setting. */
export interface Found extends Given {
  /** The operator gave it as a setting of this feed. */
  readonly isOwn: boolean
}

/** Reads and checks one feed; what is wrong goes into `report`. */
export function readFeed<K extends Kinds>(place: Place, kinds: K, shared: FeedShared, report: Report): FeedConfigOf<K> {
  const { name } = place
  const table: HouseFeed = feedTable(kinds)
  const all: Settings = table
  const found = findAll(place, all, kinds, report)
  const names = namesOf(place, all, found)
  const find = (suffix: string): Given | undefined => found.get(suffix)
  const ofKinds = kindsOf(all, find, kinds)
  report.inForce.push({ feed: name, table: all, found })
  const before = report.problems.length
  const values = validate(table, find, report, {
    feed: name.toLowerCase(),
    missing: (suffix) => missing(place, suffix, all[suffix]),
    optional: new Set(ofKinds.unused.keys()),
  })
  const laneMaxBytes = values.LANE_MAX_BYTES ?? shared.laneMaxBytes
  if (report.problems.length === before) {
    const called = (suffix: string): string => feedSettingName({ name, names }, suffix)
    const isGiven = (suffix: string): boolean => found.get(suffix)?.isOwn === true
    check({ ...values, LANE_MAX_BYTES: laneMaxBytes }, { called, isGiven }, ofKinds, report)
  }
  const own = {
    name: name.toLowerCase(),
    names,
    handshakeTimeoutMs: shared.handshakeTimeoutMs,
    laneMaxBytes,
    sink: sinkOf(values.SINK, shared.sink, kinds.sinks),
    sequence: sequence(values),
    schema: values.SCHEMA ?? '',
  }
  const inOne = Object.fromEntries(Object.entries(all).filter(([suffix]) => !(suffix in sequenceSettings)))
  const ofSettings = byProperty(inOne, values, (suffix) => found.get(suffix)?.path)
  return { ...ofSettings, ...ofKinds.chosen, ...own } as FeedConfigOf<K>
}

/** What the operator said of the settings of a feed. */
interface Said {
  readonly called: (suffix: string) => string
  readonly isGiven: (suffix: string) => boolean
}

/** Settings that do nothing without another. */
const WITHOUT_EFFECT = [
  ['SEQUENCE_FIRST_FIELD', 'SEQUENCE_FIELD'],
  ['SEQUENCE_BY', 'SEQUENCE_FIELD'],
  ['MAX_SEQUENCES', 'SEQUENCE_FIELD'],
  ['RECORDS_KEEP', 'RECORDS'],
] as const

function check(
  values: ValuesByName<HouseFeed>,
  { called, isGiven }: Said,
  { inUse, unused }: FeedKinds,
  report: Report,
): void {
  for (const [suffix, other] of WITHOUT_EFFECT) {
    if (isGiven(suffix) && !values[other]) {
      const [name, needed] = [called(suffix), called(other)]
      report.ineffective(name, `${name} has no effect without ${needed}`, `set ${needed} too, or remove it`)
    }
  }
  for (const [suffix, kind] of unused) {
    if (isGiven(suffix))
      report.ineffective(
        called(suffix),
        `${called(suffix)} has no effect: it is for ${kind}, which is not in use`,
        'remove it',
      )
  }
  for (const kind of inUse) kind.check?.({ values, called, isGiven, findings: report })
}

function sequence(values: ValuesByName<HouseFeed>): SequenceConfig | undefined {
  const { SEQUENCE_FIELD: last, SEQUENCE_FIRST_FIELD: first, SEQUENCE_BY: by, MAX_SEQUENCES: most } = values
  return last && { last, first, by, most }
}

/** The text of every setting, where there is one. */
function findAll(place: Place, table: Settings, kinds: Kinds, report: Report): Map<string, Found> {
  const preset = table.PRESET && presetOf(place, kinds)
  const found = new Map<string, Found>()
  for (const suffix of Object.keys(table)) {
    const one = find(place, suffix, { preset, table }, report)
    if (one) found.set(suffix, one)
  }
  for (const [suffix, { rank }] of [...found]) {
    for (const other of table[suffix]?.instead ?? []) if ((found.get(other)?.rank ?? 0) > rank) found.delete(other)
  }
  return found
}

/** A wrong name is told where the setting is validated. */
function presetOf(place: Place, { presets }: Kinds): Preset | undefined {
  const name = find(place, 'PRESET', {}, new Report())?.text?.trim().toLowerCase() ?? ''
  return Object.hasOwn(presets, name) ? presets[name] : undefined
}

function find(
  { name, layers, replaced }: Place,
  suffix: string,
  { preset, table }: { readonly preset?: Preset | undefined; readonly table?: Settings },
  report: Report,
): Found | undefined {
  const own = lookup(layers, suffix, report, { name, ...(table && { table }) })
  if (own) return { ...own, isOwn: true }
  const variable = replaced?.feed.variables[suffix]
  const given = (variable && lookup(layers, variable.name, report)) ?? replaced?.shared.get(suffix)
  if (given) return { ...given, rank: ranks.replaced, isOwn: false }
  const text = replaced?.feed.fixed[suffix] ?? variable?.default ?? preset?.settings[suffix]
  if (text === undefined) return undefined
  const from = replaced?.feed.toggle ?? feedSettingName({ name }, 'PRESET')
  return {
    text,
    variable: from,
    called: from,
    path: undefined,
    rank: ranks.preset,
    isShown: true,
    isOwn: false,
    isPreset: true,
  }
}

/** What the operator calls the settings: a replaced program's own variable where none is given, because its users know that one, or the key of the file. */
function namesOf(place: Place, table: Settings, found: ReadonlyMap<string, Found>): GivenNames {
  const { name, isInFile, replaced } = place
  const keys = isInFile ? Object.keys(table).map((suffix) => [suffix, keyOf(suffix, name)] as const) : []
  const theirs = Object.entries(replaced?.feed.variables ?? {}).map(([suffix, one]) => [suffix, one.name] as const)
  const given = [...found].filter(([, { isPreset }]) => !isPreset)
  const names = new Map([...theirs, ...keys, ...given.map(([suffix, { variable }]) => [suffix, variable] as const)])
  return Object.fromEntries([...names].filter(([suffix, one]) => one !== feedSettingName({ name }, suffix)))
}

/** What to set for a setting that is missing. */
function missing({ name, isInFile, replaced }: Place, suffix: string, setting: Setting<unknown> | undefined): Missing {
  const { example } = setting ?? {}
  const variable = feedSettingName({ name }, suffix)
  if (isInFile) return { name: keyOf(suffix, name), variable, example }
  return replaced?.feed.variables[suffix] ?? { name: variable, example }
}
