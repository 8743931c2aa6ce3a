/** Feeds of the daemon under test: topics and subjects of their own, the variables for them, and what became of their messages. */
import { readFileSync } from 'node:fs'
import type { Daemon, LedgerReport } from './daemon.ts'
import { createTopic, registerSchema, type TopicOptions, uniqueName } from './stack.ts'
import { until } from './until.ts'

export type SchemaName = 'TradeEvent' | 'health_sensor' | 'sessions'

/** The text of a schema of this project. */
export function schemaText(name: SchemaName): string {
  return readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8')
}

/** A topic with the schema `name` under its subject; both have a name that no other test has. */
export async function topicFor(name: SchemaName, options: TopicOptions = {}): Promise<{ topic: string; id: number }> {
  const topic = uniqueName(name)
  const [id] = await Promise.all([
    registerSchema(`${topic}-value`, schemaText(name)),
    createTopic({ ...options, name: topic }),
  ])
  return { topic, id }
}

/** `urls` as trades, the way the variables of the replaced producer say it. */
export function tradeFeed(topic: string, urls: readonly string[]): Record<string, string> {
  return { FINNHUB_TRADE_DATA: 'True', FINNHUB_DATA_URLS: urls.join(','), KAFKA_TOPIC_FINNHUB_TRADE: topic }
}

/** A trade as a synthesiser sends it; `id` tells it from others. */
export function tradeText(id: string, more: object = {}): string {
  return JSON.stringify({
    start_timestamp: '2025-01-19T12:34:56.789Z',
    symbol: 'AAPL',
    trade_event_id: id,
    tradeData: {
      Event_Timestamp: 1_737_290_096_789,
      Price: 229.5,
      Symbol: 'AAPL',
      Trade_Condition: [],
      Trade_Id: id,
      Volume: 1e-7,
    },
    ...more,
  })
}

/** Resolves to the feed's ledger when `messages` have been received and all are settled. Throws when its sums do not balance then. */
export async function settled(
  daemon: Daemon,
  feed: string,
  messages: number,
  timeoutMs = 30_000,
): Promise<LedgerReport> {
  let ledger: LedgerReport | undefined
  const isAtRest = async (): Promise<boolean> => {
    ledger = (await daemon.feed(feed)).ledger
    return ledger.messages.received >= messages && ledger.messages.held === 0
  }
  await until(isAtRest, { what: `feed ${feed} to settle ${messages} messages`, timeoutMs }).catch((error: Error) => {
    throw new Error(`${error.message}; its ledger is ${JSON.stringify(ledger)}`)
  })
  const problem = imbalance(ledger as LedgerReport)
  if (problem) throw new Error(`the ledger of ${feed} at rest: ${problem}`)
  return ledger as LedgerReport
}

/** What is wrong with the two sums; undefined when both hold. Not at rest, something may still be held or in flight. */
export function imbalance({ messages: m, documents: d }: LedgerReport): string | undefined {
  if (m.received !== m.settled + m.dropped + m.held) return `messages ${JSON.stringify(m)}`
  const outcomes = d.produced + d.dead_lettered + d.refused + d.ignored + d.expired + d.in_flight
  return d.found === outcomes ? undefined : `documents ${JSON.stringify(d)}`
}
