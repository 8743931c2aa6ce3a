/** I1: the two sums balance at rest and at the end, and every place that tells them tells the same. */
import type { LedgerReport } from '../../support/daemon.ts'
import { imbalance } from '../../support/daemon-feeds.ts'
import type { Evidence, FeedEvidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

/** Judges both feeds. */
export function conservation(evidence: Evidence): Finding[] {
  return [evidence.control, evidence.fault].map((feed) => {
    const { ledger } = feed.report
    const problems = [
      imbalance(ledger),
      ledger.messages.held > 0 ? `${ledger.messages.held} held at rest` : undefined,
      ledger.documents.in_flight > 0 ? `${ledger.documents.in_flight} in flight at rest` : undefined,
      atTheEnd(evidence, feed),
      inMetrics(evidence, feed),
      rejections(evidence, feed),
    ].filter((problem) => problem !== undefined)
    return {
      id: 'I1',
      ok: problems.length === 0,
      detail: `${feed.name}: ${problems.join('; ') || summary(ledger)}`,
    }
  })
}

function summary({ messages, documents }: LedgerReport): string {
  const { received, settled, dropped } = messages
  const outcomes = Object.entries(documents).filter(([, count]) => count > 0)
  return `received ${received} = settled ${settled} + dropped ${dropped}; ${outcomes.map((pair) => pair.join(' ')).join(', ')}`
}

/** The last log line has the same sums. */
function atTheEnd({ rig }: Evidence, { name, report }: FeedEvidence): string | undefined {
  const last = rig.daemon.log.at(-1)?.ledger?.[name]
  if (!last) return 'the last log line has no ledger'
  const { balances: _, ...atRest } = report.ledger
  const same = JSON.stringify([last.messages, last.documents]) === JSON.stringify([atRest.messages, atRest.documents])
  return same ? undefined : `the last log line says ${JSON.stringify(last)}`
}

function inMetrics({ samples }: Evidence, { name: feed, report }: FeedEvidence): string | undefined {
  if (!samples) return undefined
  const { messages, documents } = report.ledger
  const pairs = [
    ...Object.entries(messages).map(([state, ledger]): [string, number, number] => [
      state,
      samples.value('tributary_ledger_messages', { feed, state }) ?? 0,
      ledger,
    ]),
    ...Object.entries(documents).map(([outcome, ledger]): [string, number, number] => [
      outcome,
      samples.value('tributary_ledger_documents', { feed, outcome }) ?? 0,
      ledger,
    ]),
  ]
  const different = pairs.filter(([, metric, ledger]) => metric !== ledger)
  if (different.length === 0) return undefined
  return `metrics say ${different.map(([what, metric, ledger]) => `${what} ${metric}, not ${ledger}`).join(', ')}`
}

/** As many documents were refused or dead-lettered as the row says, and each dead letter is there. */
function rejections({ row }: Evidence, { name, report, deadLetters }: FeedEvidence): string | undefined {
  const { refused, dead_lettered } = report.ledger.documents
  const expected = name === 'fault' ? (row.expect?.rejected ?? 0) : 0
  const rejected = refused + dead_lettered
  if (deadLetters.length < dead_lettered) return `${dead_lettered} dead-lettered, ${deadLetters.length} in the topic`
  if (expected === 'some') return rejected > 0 ? undefined : 'nothing was refused'
  return rejected === expected ? undefined : `${rejected} documents refused or dead-lettered, not ${expected}`
}
