/** When the demo says that all is well. */
import { describe, expect, it } from '@jest/globals'
import type { FeedLedger } from '../../../scripts/demo/daemon.ts'
import { type Evidence, problems, sums } from '../../../scripts/demo/verdict.ts'

const FEEDS = ['finnhub_trade', 'health_sensor', 'delivery']
const TOPICS = ['TradeEvent', 'health_sensor', 'sessions']

function evidence(delivery: Partial<FeedLedger> = {}, more: Partial<Evidence> = {}): Evidence {
  const good = { received: 12, produced: 10, refused: 2, held: 0 }
  return {
    code: 0,
    ledgers: new Map(FEEDS.map((feed) => [feed, feed === 'delivery' ? { ...good, ...delivery } : good])),
    inKafka: new Map(TOPICS.map((topic) => [topic, 10])),
    readBack: new Set(TOPICS),
    ...more,
  }
}

describe('the verdict', () => {
  it('is good when every feed flowed and nothing is missing', () => {
    expect(problems(evidence())).toEqual([])
  })

  it('takes a record that Kafka has twice, and a count that Kafka did not give', () => {
    expect(problems(evidence({}, { inKafka: new Map([['sessions', 11]]) }))).toEqual([])
  })

  it.each<[string, Evidence]>([
    ['a feed that did not flow', evidence({ received: 0, produced: 0, refused: 0 })],
    ['a message without an outcome', evidence({ received: 13 })],
    ['a record too many', evidence({ received: 11 })],
    ['a record that is not in Kafka', evidence({}, { inKafka: new Map([['sessions', 9]]) })],
    ['a topic that nobody could read', evidence({}, { readBack: new Set(TOPICS.slice(0, 2)) })],
    ['an exit code', evidence({}, { code: 1 })],
  ])('names %s', (_, wrong) => {
    expect(problems(wrong)).toHaveLength(1)
  })

  it('names every feed when the daemon ended without a word', () => {
    expect(problems(evidence({}, { ledgers: new Map() }))).toHaveLength(3)
  })
})

describe('the sums', () => {
  it('say where everything went', () => {
    const lines = sums(evidence({ received: 1_234, produced: 1_232 }, { inKafka: new Map() }))
    expect(lines).toHaveLength(4)
    expect(lines[3]?.split(/\s+/)).toEqual(['delivery', '1,234', '1,232', '2', '?'])
  })
})
