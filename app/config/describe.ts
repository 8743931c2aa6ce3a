/** The settings as data, for `--help`, sample.env and the settings page. */
import type { Replaced, ReplacedFeed } from '../settings/preset.ts'
import type { Setting, Settings } from '../settings/setting.ts'
import type { Kinds } from './kinds.ts'
import { toggleSetting } from './replaced.ts'
import { choosers } from './tables/choosers.ts'
import { feedTable, houseTables } from './tables/index.ts'
import { sourceSettings } from './tables/source.ts'

/** Sections of the help, in this order; others come last. */
const FIRST = ['Configuration file', 'Kafka', 'Schema registry']
const THEN = [
  'Feeds by name',
  'Kafka security',
  'Dialling',
  'Lanes',
  'Gaps',
  'Start, stop and batches',
  'Dead letters',
  'Metrics and log',
  'Metric labels',
]

/** One setting, as its reader sees it. */
export interface SettingDescription {
  /** The variable; `FEED_<NAME>_…` for the settings of any feed. */
  readonly name: string
  readonly group: string
  /** A noun phrase: what the value must be. */
  readonly type: string
  /** As an operator would write it; undefined when there is none. */
  readonly default: string | undefined
  readonly example: string | undefined
  readonly help: string
  readonly secret: boolean
  readonly required: boolean
  readonly aliases: readonly string[]
  /** A file may have it, as a key: not the variables of replaced programs, nor what says where the file is. */
  readonly isKey: boolean
}

/** Every setting, group after group. */
export function describeSettings(kinds: Kinds): SettingDescription[] {
  const feed: Settings = feedTable(kinds)
  const programs = Object.values(kinds.replaced)
  const { sinks, ...house } = houseTables(kinds)
  const described = (table: Settings, isKey = true): SettingDescription[] =>
    Object.entries(table).map(([name, setting]) => describe(name, setting, isKey))
  const ofSinks = Object.fromEntries(Object.entries(sinks).map(([name, one]) => [name, { ...one, required: false }]))
  const all = [
    ...programs.flatMap((program) => program.feeds.flatMap((one) => describeFeed(one, program, feed))),
    ...described(sourceSettings, false),
    ...Object.values(house).flatMap((table) => described(table)),
    ...described(ofSinks),
    ...programs.flatMap(({ shared }) => described(shared, false)),
    ...Object.entries(feed).map(([suffix, setting]) => {
      const described = describe(`FEED_<NAME>_${suffix}`, setting)
      return { ...described, required: described.required && !isOfUnusualKind(suffix, kinds) }
    }),
  ]
  const groups = new Set([...FIRST, ...programs.map(({ group }) => group), ...THEN, ...all.map(({ group }) => group)])
  return [...groups].flatMap((group) => all.filter((setting) => setting.group === group))
}

/** Whether only a kind that has to be chosen has the setting, so that a feed does without it as a rule. */
function isOfUnusualKind(suffix: string, kinds: Kinds): boolean {
  return choosers.some(({ registry, usual }) => {
    const having = Object.entries(kinds[registry]).filter(([, { settings }]) => Object.hasOwn(settings, suffix))
    return having.length > 0 && having.every(([name]) => name !== usual)
  })
}

function describeFeed(replaced: ReplacedFeed, program: Replaced, feed: Settings): SettingDescription[] {
  const variables = Object.entries(replaced.variables).flatMap(([suffix, { name, ...own }]) => {
    const { default: _, example: __, ...shared }: Partial<Setting<unknown>> = feed[suffix] ?? {}
    const { format, help: full = '' } = shared
    if (!format) return []
    const [what = ''] = full.split(/(?<=\.) /)
    const help = `${what} FEED_${replaced.name}_${suffix} wins over it.`
    return { ...describe(name, { ...shared, format, ...own, help, group: program.group }, false), required: false }
  })
  return [describe(replaced.toggle, toggleSetting(replaced, program), false), ...variables]
}

function describe(name: string, setting: Setting<unknown>, isKey = true): SettingDescription {
  return {
    name,
    group: setting.group,
    type: setting.format.expects,
    default: setting.default,
    example: setting.example,
    help: setting.help,
    secret: setting.secret ?? false,
    required: setting.required ?? false,
    aliases: setting.aliases ?? [],
    isKey,
  }
}
