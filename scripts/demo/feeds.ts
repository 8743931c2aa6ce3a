/** What the demo brings into Kafka: three feeds, five upstreams. */
import type { KindName } from '../synthesise/kinds/index.ts'

/** A feed of the daemon and what it is told by. */
export interface DemoFeed {
  readonly name: string
  /** Also the name of the schema. */
  readonly topic: string
  /** One upstream each. */
  readonly upstreams: readonly KindName[]
  /** The variables that turn the feed on, as users of the replaced producer know them. */
  readonly variables: (urls: string) => Readonly<Record<string, string>>
}

export const FEEDS: readonly DemoFeed[] = [
  {
    name: 'finnhub_trade',
    topic: 'TradeEvent',
    upstreams: ['trades', 'credentials'],
    variables: (urls) => ({
      FINNHUB_TRADE_DATA: 'True',
      FINNHUB_DATA_URLS: urls,
      KAFKA_TOPIC_FINNHUB_TRADE: 'TradeEvent',
    }),
  },
  {
    name: 'health_sensor',
    topic: 'health_sensor',
    upstreams: ['readings', 'readings'],
    variables: (urls) => ({
      IOT_SYNTHETIC_DATA: 'True',
      IOT_SYNTHETIC_URLS: urls,
      KAFKA_TOPIC_HEALTH_SENSOR: 'health_sensor',
    }),
  },
  {
    name: 'delivery',
    topic: 'sessions',
    upstreams: ['deliveries'],
    variables: (urls) => ({ DELIVERY_DATA: 'True', DELIVERY_DATA_URLS: urls, KAFKA_TOPIC_DELIVERY: 'sessions' }),
  },
]

export const TOPICS: readonly string[] = FEEDS.map(({ topic }) => topic)
