/** The feeds of the replaced producer: its variables, as values of feed settings. `FEED_<NAME>_…` refines them. */
import { flag } from '../formats/basic.ts'
import type { Setting } from '../setting.ts'
import type { Suffix } from './feed.ts'

/** A feed that a switch turns on. */
export interface Preset {
  /** As in `FEED_<NAME>_…`. */
  readonly name: string
  /** Boolean variable that turns the feed on. */
  readonly toggle: string
  readonly variables: Readonly<Partial<Record<Suffix, PresetVariable>>>
  /** Values that have no variable of their own. */
  readonly fixed: Readonly<Partial<Record<Suffix, string>>>
}

interface PresetVariable {
  readonly name: string
  readonly default?: string
  readonly example: string
}

export const presets: readonly Preset[] = [
  {
    name: 'FINNHUB_TRADE',
    toggle: 'FINNHUB_TRADE_DATA',
    variables: {
      URLS: { name: 'FINNHUB_DATA_URLS', example: 'ws://data_synthesizer:4200/ws' },
      SCHEMA: { name: 'KAFKA_TOPIC_FINNHUB_TRADE', example: 'TradeEvent' },
      KEY: { name: 'KAFKA_FINNHUB_TRADE_KEY_NAME', default: 'FinnhubTrade', example: 'FinnhubTrade' },
    },
    fixed: { NORMALISE: 'verifiable-credential' },
  },
  {
    name: 'HEALTH_SENSOR',
    toggle: 'IOT_SYNTHETIC_DATA',
    variables: {
      URLS: { name: 'IOT_SYNTHETIC_URLS', example: 'ws://synthesizer1:3339/ws,ws://synthesizer2:3339/ws' },
      SCHEMA: { name: 'KAFKA_TOPIC_HEALTH_SENSOR', example: 'health_sensor' },
      KEY: { name: 'KAFKA_HEALTH_SENSOR_KEY_NAME', default: 'HealthSensor', example: 'HealthSensor' },
    },
    // The replaced producer renames the credential's context whatever the stream.
    fixed: { NORMALISE: 'verifiable-credential' },
  },
  {
    name: 'DELIVERY',
    toggle: 'DELIVERY_DATA',
    variables: {
      URLS: { name: 'DELIVERY_DATA_URLS', example: 'ws://deliveries:4300/ws' },
      SCHEMA: { name: 'KAFKA_TOPIC_DELIVERY', default: 'sessions', example: 'sessions' },
    },
    fixed: { KEY_FIELD: 'device_id', NORMALISE: 'delivery' },
  },
]

/** Declares the switch of a preset. */
export function toggleSetting({ name }: Preset): Setting<boolean> & { readonly default: string } {
  const help = `Turns the feed ${name.toLowerCase()} on.`
  return { group: 'Feeds of the replaced producer', format: flag, help, default: 'False', example: 'True' }
}
