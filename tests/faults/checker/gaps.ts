/** Gap records: what the daemon says of the time in which it did not listen. */
import { decode } from '../../support/decode/decode.ts'
import { readTopic, topicSize } from '../../support/stack.ts'
import type { Rig } from '../rig.ts'
import type { Connection } from '../simulator.ts'

/** One gap record, in the words of its schema. */
export interface Gap {
  readonly feed: string
  readonly source: string
  readonly reason: string
  /** Milliseconds since the epoch: the last message before it or, where there was none, its beginning. */
  readonly lastMessageAt: number
  readonly endedAt: number
}

/** Clocks are the same; a message is stamped when it is written, and read a moment later. */
const SLACK_MS = 250

/** All gap records of the row. */
export async function readGaps({ gapsTopic, site, registry }: Rig): Promise<Gap[]> {
  const bootstrapServers = site.direct
  const size = await topicSize(gapsTopic, bootstrapServers)
  const records = size === 0 ? [] : await readTopic(gapsTopic, 0, { bootstrapServers })
  const decoded = await decode(records, registry.direct)
  return decoded.map(({ content }) => ({
    feed: String(content.feed),
    source: String(content.source),
    reason: String(content.reason),
    lastMessageAt: Number(content.last_message_at ?? content.began_at),
    endedAt: Number(content.ended_at),
  }))
}

/** Whether each message of `connection` from index `from` on was written within a gap of its source. */
export function covers(gaps: readonly Gap[], { source, writtenAt }: Connection, from: number): boolean {
  const own = gaps.filter((gap) => new URL(gap.source).pathname === `/${source}`)
  return writtenAt
    .slice(from)
    .every((at) => own.some(({ lastMessageAt, endedAt }) => lastMessageAt <= at + SLACK_MS && at <= endedAt + SLACK_MS))
}
