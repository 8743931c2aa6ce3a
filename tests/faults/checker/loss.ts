/** I2: each message written to an open socket is in a topic, a dead letter, a counted drop or a published gap. */
import type { Evidence, FeedEvidence } from '../evidence.ts'
import type { Finding } from '../row.ts'
import type { Connection } from '../simulator.ts'
import { covers } from './gaps.ts'

/** Judges both feeds. */
export function loss(evidence: Evidence): Finding[] {
  return [evidence.control, evidence.fault].map((feed) => {
    const { ok, detail } = judge(evidence, feed)
    return { id: 'I2', ok, detail: `${feed.name}: ${detail}` }
  })
}

interface Missing {
  /** Lost with the end of their connection. */
  readonly tails: number
  /** Of those, without a gap record that covers them. */
  readonly uncovered: number
  /** In the middle: nothing but a drop or a refusal may do that. */
  readonly holes: number
  readonly example: string
}

function judge(evidence: Evidence, feed: FeedEvidence): { ok: boolean; detail: string } {
  const { simulator, tally, report } = feed
  const { expect: ofRow = {} } = evidence.row
  const expect = feed.name === 'fault' ? ofRow : { lostTails: ofRow.lostTails === 'both' }
  const { tails, uncovered, holes, example } = missing(evidence, feed)
  const { messages, documents } = report.ledger
  const counted = (expect.drops ? messages.dropped : 0) + documents.refused
  // What was given up may have been the last of its connection, too.
  const countedTails = Math.max(0, counted - holes)
  const unread = Math.max(0, tails - countedTails)
  const unequal = simulator.written - unread - messages.received
  const uncounted = (ofRow.uncountedPerKill ?? 0) * (evidence.rig.daemons.length - 1)
  const judged: [boolean, string][] = [
    [holes > counted, `${holes - counted} lost in the middle, such as ${example}`],
    [unread > 0 && !expect.lostTails, `${unread} lost at the end of a connection, from ${example} on`],
    [uncovered > countedTails, `${uncovered} lost messages are in no gap record`],
    [!expect.drops && messages.dropped > 0, `${messages.dropped} dropped`],
    [
      !expect.foreign && (unequal > uncounted || unequal < -simulator.unsure),
      `${messages.received} received and ${unread} lost of ${simulator.written} written`,
    ],
  ]
  const problems = judged.filter(([isBad]) => isBad).map(([, problem]) => problem)
  const lost = tails + holes > 0 ? `, ${unread} lost with their connection, ${counted} given up and counted` : ''
  const fine = `${simulator.written} written, ${tally.distinct} in the topic${lost}`
  return { ok: problems.length === 0, detail: problems.join('; ') || fine }
}

function missing({ gaps }: Evidence, { simulator, tally, deadLetters }: FeedEvidence): Missing {
  const dead = deadLettered(deadLetters)
  const isThere = (source: string, seq: number): boolean => tally.times(source, seq) > 0 || dead.has(`${source} ${seq}`)
  let [tails, uncovered, holes, example] = [0, 0, 0, '']
  for (const connection of simulator.connections) {
    const { source, firstSeq, writtenAt } = connection
    const read = lastThere(connection, isThere)
    const lostWithIt = writtenAt.length - 1 - read
    tails += lostWithIt
    if (lostWithIt > 0 && !covers(gaps, connection, read + 1)) uncovered += lostWithIt
    if (lostWithIt > 0) example ||= `${source} ${firstSeq + read + 1}`
    for (let at = 0; at < read; at++) {
      if (isThere(source, firstSeq + at)) continue
      holes++
      example = `${source} ${firstSeq + at}`
    }
  }
  return { tails, uncovered, holes, example }
}

function lastThere(
  { source, firstSeq, writtenAt }: Connection,
  isThere: (source: string, seq: number) => boolean,
): number {
  let at = writtenAt.length - 1
  while (at >= 0 && !isThere(source, firstSeq + at)) at--
  return at
}

/** Documents of simulators among the dead letters. */
function deadLettered(records: FeedEvidence['deadLetters']): Set<string> {
  const ids = records.map(({ value }) => {
    const text = String(value)
    return /"source":"(\w+)","seq":(\d+)/.exec(text)?.slice(1, 3).join(' ') ?? ''
  })
  return new Set(ids)
}
