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
  /** Milliseconds since the epoch; 0 where there was no message before. */
  readonly lastMessageAt: number
  readonly endedAt: number
}

/** Clocks are the same; a message is stamped when it is written, and read a moment later. */
const SLACK_MS = 50

/** All gap records of the row; undefined where the topic is not there. */
export async function readGaps(rig: Rig): Promise<Gap[] | undefined> {
  const { gapsTopic } = rig
  const bootstrapServers = rig.site.direct
  const size = gapsTopic === undefined ? undefined : await topicSize(gapsTopic, bootstrapServers).catch(() => undefined)
  if (gapsTopic === undefined || size === undefined) return undefined
  const records = size === 0 ? [] : await readTopic(gapsTopic, 0, { bootstrapServers })
  const decoded = await decode(records, rig.registry.direct)
  return decoded.map(({ content }) => ({
    feed: String(content.feed),
    source: String(content.source),
    reason: String(content.reason),
    lastMessageAt: Number(content.last_message_at ?? 0),
    endedAt: Number(content.ended_at ?? Number.POSITIVE_INFINITY),
  }))
}

/** Whether a gap of `connection`'s source begins at its last message that was read (`lastReadAt`), and ends after it was closed. */
export function covers(gaps: readonly Gap[], connection: Connection, lastReadAt: number): boolean {
  return gaps.some(
    ({ source, lastMessageAt, endedAt }) =>
      new URL(source).pathname === `/${connection.source}` &&
      lastMessageAt >= lastReadAt - SLACK_MS &&
      lastMessageAt <= (connection.closedAt ?? Number.POSITIVE_INFINITY) + SLACK_MS &&
      endedAt >= (connection.closedAt ?? 0) - SLACK_MS,
  )
}
