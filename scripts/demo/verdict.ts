/** What is said at the end: where every message went, and whether that is right. */
import type { FeedLedger } from './daemon.ts'
import { FEEDS } from './feeds.ts'
import { count } from './frame.ts'

/** What the verdict is reached from. */
export interface Evidence {
  /** The daemon's exit code. */
  readonly code: number
  /** By feed, from the daemon's last log line. */
  readonly ledgers: ReadonlyMap<string, FeedLedger>
  /** Records by topic, as Kafka counts them; a topic is missing when Kafka did not say. */
  readonly inKafka: ReadonlyMap<string, number>
  /** Topics of which a record was read back and decoded. */
  readonly readBack: ReadonlySet<string>
}

/** A sentence for each thing that is not as it should be; none when every feed flowed and nothing is missing. */
export function problems({ code, ledgers, inKafka, readBack }: Evidence): string[] {
  const found = code === 0 ? [] : [`the daemon ended with exit code ${code}`]
  for (const { name, topic } of FEEDS) {
    const ledger = ledgers.get(name)
    if (!ledger) {
      found.push(`the daemon said nothing of ${name} at its end`)
      continue
    }
    const { received, produced, refused, held } = ledger
    const stored = inKafka.get(topic)
    if (produced === 0) found.push(`${name} did not flow: nothing was produced`)
    if (received !== produced + refused) {
      found.push(`${name}: received ${received} is not produced ${produced} + refused ${refused} (held ${held})`)
    }
    if (stored !== undefined && stored < produced) found.push(`${name}: Kafka has ${stored} of ${produced} records`)
    if (produced > 0 && !readBack.has(topic)) found.push(`${name}: no record of ${topic} was read back and decoded`)
  }
  return found
}

const COLUMNS = ['received', 'produced', 'refused', 'in Kafka'] as const

/** The sums as a table. */
export function sums({ ledgers, inKafka }: Evidence): string[] {
  const line = (feed: string, cells: readonly string[]): string =>
    [feed.padEnd(14), ...cells.map((cell) => cell.padStart(10))].join('  ')
  const rows = FEEDS.flatMap(({ name, topic }) => {
    const ledger = ledgers.get(name)
    if (!ledger) return []
    const stored = inKafka.get(topic)
    const { received, produced, refused } = ledger
    return [line(name, [...[received, produced, refused].map(count), stored === undefined ? '?' : count(stored)])]
  })
  return [line('feed', COLUMNS), ...rows]
}
