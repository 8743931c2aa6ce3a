/** I3 and I4: no more duplicates than retries can have caused, and first appearances in the order of their source. */
import type { Evidence, FeedEvidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

/** Judges both feeds. The control feed may have shared the fault. */
export function duplicates(evidence: Evidence): Finding[] {
  const isAllowed = evidence.row.expect?.duplicates === 'retries'
  return [evidence.control, evidence.fault].map((feed) => {
    const { duplicates: found, repeats } = feed.tally
    const { retries, redelivered } = isAllowed ? causes(evidence, feed) : { retries: 0, redelivered: 0 }
    // Each failed request may have been written all the same; the rest must be messages that were read again.
    const rest = repeats
      .toSorted((a, b) => b - a)
      .slice(retries)
      .reduce((sum, records) => sum + records, 0)
    const of = isAllowed
      ? `, in ${repeats.length} runs; ${retries} requests tried again, ${redelivered} delivered again`
      : ''
    return { id: 'I3', ok: rest <= redelivered, detail: `${feed.name}: ${found} duplicates${of}` }
  })
}

function causes({ samples }: Evidence, { name, topic }: FeedEvidence): { retries: number; redelivered: number } {
  return {
    retries: samples?.value('tributary_produce_retries_total', { topic }) ?? 0,
    redelivered: samples?.value('tributary_redelivered_total', { feed: name }) ?? 0,
  }
}

/** Judges both feeds. */
export function order({ control, fault }: Evidence): Finding[] {
  return [control, fault].map(({ name, tally }) => {
    const { count, example } = tally.disorder
    return {
      id: 'I4',
      ok: count === 0,
      detail: `${name}: ${count === 0 ? 'in order' : `${count} out of order, first ${example}`}`,
    }
  })
}
