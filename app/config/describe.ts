/** The settings as data, for `--help`, sample.env and the settings page. */
import { type Choices, type Group, groups, type Setting, type Settings } from './setting.ts'
import { daemonSettings } from './tables/daemon.ts'
import { type FeedSettings, feedSettings, type Suffix } from './tables/feed.ts'
import { kafkaSettings, registrySettings, securitySettings } from './tables/kafka.ts'
import { laneSettings } from './tables/lane.ts'
import { type Preset, presets, toggleSetting } from './tables/presets.ts'

/** One setting, as its reader sees it. */
export interface SettingDescription {
  /** The variable; `FEED_<NAME>_…` for the settings of any feed. */
  readonly name: string
  readonly group: Group
  /** A noun phrase: what the value must be. */
  readonly type: string
  /** As an operator would write it; undefined when there is none. */
  readonly default: string | undefined
  readonly example: string | undefined
  readonly help: string
  readonly secret: boolean
  readonly required: boolean
  readonly aliases: readonly string[]
}

/** Every setting, group after group. */
export function describeSettings(choices: Choices): SettingDescription[] {
  const feed = feedSettings(choices)
  const tables: Settings[] = [
    kafkaSettings(choices),
    securitySettings,
    registrySettings,
    laneSettings(choices),
    daemonSettings,
  ]
  const all = [
    ...presets.flatMap((preset) => describePreset(preset, feed)),
    ...tables.flatMap((table) => Object.entries(table).map(([name, setting]) => describe(name, setting))),
    ...Object.entries(feed).map(([suffix, setting]) => describe(`FEED_<NAME>_${suffix}`, setting)),
  ]
  return groups.flatMap((group) => all.filter((setting) => setting.group === group))
}

function describePreset(preset: Preset, feed: FeedSettings): SettingDescription[] {
  const variables = Object.entries(preset.variables).map(([suffix, { name, ...own }]) => {
    const { default: _, example: __, ...shared }: Setting<unknown> = feed[suffix as Suffix]
    const [what = ''] = shared.help.split(/(?<=\.) /)
    const help = `${what} FEED_${preset.name}_${suffix} wins over it.`
    return { ...describe(name, { ...shared, ...own, help, group: 'Feeds of the replaced producer' }), required: false }
  })
  return [describe(preset.toggle, toggleSetting(preset)), ...variables]
}

function describe(name: string, setting: Setting<unknown>): SettingDescription {
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
  }
}
