/** The variables of the replaced Kafka producer, mapped to settings. `FEED_<NAME>_…` refines them. */
import { duration } from '../settings/formats/measures.ts'
import type { Replaced } from '../settings/preset.ts'

const GROUP = 'Feeds of the replaced producer'

export const kafkaProducer: Replaced = {
  group: GROUP,
  note: `Three feeds can be turned on by the variables of the producer that Tributary replaces: \`finnhub_trade\`, \`health_sensor\` (both with the
normaliser \`verifiable-credential\`) and \`delivery\` (normaliser \`delivery\`, keyed by the field \`device_id\`).
\`FEED_FINNHUB_TRADE_…\`, \`FEED_HEALTH_SENSOR_…\` and \`FEED_DELIVERY_…\` refine them, and win. Such a feed is on when its
switch is true, or when its switch is not set and \`FEED_<NAME>_URLS\` is given. A switch that is set to false keeps the feed off.`,
  shared: {
    PRODUCER_TIMEOUT: {
      suffix: 'SILENCE_TIMEOUT',
      group: GROUP,
      format: duration({ zero: true }),
      help: 'Silence limit of these feeds: no message for that long means a redial, counted as a timeout. Their FEED_…_SILENCE_TIMEOUT wins.',
      default: 'off',
    },
  },
  feeds: [
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
      // The replaced producer renames the credential's context in every stream.
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
  ],
}
