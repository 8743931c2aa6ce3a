/** All settings: those of the house and those that the kinds declare. */
import { settingsOf } from '../../settings/kind.ts'
import type { Setting, Settings } from '../../settings/setting.ts'
import type { Kinds } from '../kinds.ts'
import { chooserSettings } from './choosers.ts'
import { daemonSettings, labelSettings } from './daemon.ts'
import { feedSettings, sequenceSettings } from './feed.ts'
import { kafkaSettings, registrySettings, securitySettings } from './kafka.ts'
import { laneSettings } from './lane.ts'

/** What the house knows of the settings of a feed; a table holds those of the kinds, too. */
export type HouseFeed = ReturnType<typeof feedSettings> & typeof sequenceSettings

/** The registries whose kinds a feed chooses: their settings are those of a feed. */
const feedRegistries = ['sources', 'parsers', 'normalisers', 'routers', 'encoders'] as const

/** The settings of one feed, by suffix: what is required first. */
export function feedTable(kinds: Kinds): HouseFeed {
  const house: HouseFeed = { ...feedSettings(kinds), ...sequenceSettings }
  const ofKinds: [string, Setting<unknown>][] = feedRegistries.flatMap((one) =>
    Object.entries(settingsOf<Kinds[typeof one]>(kinds[one])),
  )
  const all: Settings = { ...Object.fromEntries(ofKinds), ...chooserSettings(kinds), ...house }
  const lost = [...ofKinds.map(([name]) => name)].filter(
    (name, at, names) => names.indexOf(name) !== at || name in house,
  )
  if (lost.length > 0) throw new Error(`${lost.join(', ')} of a kind is a setting of a feed already`)
  return Object.assign(sorted(all), house)
}

/** The settings outside feeds, table by table. */
export function houseTables(kinds: Kinds) {
  return {
    kafka: kafkaSettings(kinds),
    security: securitySettings,
    registry: registrySettings,
    lane: laneSettings(kinds),
    daemon: daemonSettings,
    labels: labelSettings,
    // LANE_DIR and its like are in the table of lanes.
    sinks: settingsOf<Kinds['sinks']>(kinds.sinks) as Settings,
  }
}

/** What a file may hold: everything but the variables of replaced programs. */
export function fileTables(kinds: Kinds): { readonly house: Settings; readonly feed: Settings } {
  return { house: Object.assign({}, ...Object.values(houseTables(kinds))), feed: feedTable(kinds) }
}

function sorted(all: Settings): Settings {
  const rank = ([, { required }]: [string, Setting<unknown>]): number => (required ? 0 : 1)
  return Object.fromEntries(Object.entries(all).sort((a, b) => rank(a) - rank(b)))
}
