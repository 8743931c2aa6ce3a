/** Everything a run has left behind, gathered once the daemon has ended: what the checker judges. */
import type { Exit, FeedReport } from '../support/daemon.ts'
import type { Samples } from '../support/daemon-metrics.ts'
import { type ReadRecord, readTopic, topicSize, visitTopic } from '../support/stack.ts'
import { type Gap, readGaps } from './checker/gaps.ts'
import { openTally, type Tally } from './checker/tally.ts'
import type { Rig } from './rig.ts'
import type { Row } from './row.ts'
import type { Simulator } from './simulator.ts'

/** One feed's. */
export interface FeedEvidence {
  readonly name: 'fault' | 'control'
  readonly topic: string
  readonly simulator: Simulator
  /** What its topic holds. */
  readonly tally: Tally
  /** What its dead letter topic holds. */
  readonly deadLetters: readonly ReadRecord[]
  /** /status at rest, before the end. */
  readonly report: FeedReport
}

/** The time of the fault, and the control feed over it. performance.now(). */
export interface Window {
  readonly from: number
  readonly to: number
  /** Messages of the control feed that its rate asked for, and records that came of it. */
  readonly wanted: number
  readonly produced: number
}

/** How the daemon ended. */
export interface Ending extends Exit {
  readonly afterMs: number
}

/** All of it. */
export interface Evidence {
  readonly row: Row
  readonly rig: Rig
  readonly fault: FeedEvidence
  readonly control: FeedEvidence
  readonly gaps: readonly Gap[]
  /** /metrics at rest; undefined where the daemon was not at rest before its end. */
  readonly samples: Samples | undefined
  readonly window: Window
  readonly ending: Ending
  /** All that every daemon of the row has printed. */
  readonly output: string
}

/** What is known before the topics are read. */
export type Witnessed = Pick<Evidence, 'row' | 'rig' | 'samples' | 'window' | 'ending'> & {
  readonly reports: Readonly<Record<'fault' | 'control', FeedReport>>
}

const READ_MS = 600_000

/** Reads the topics, with a client that is not the one under test, from the brokers themselves. */
export async function gather({ reports, ...witnessed }: Witnessed): Promise<Evidence> {
  const { rig } = witnessed
  const options = { bootstrapServers: rig.site.direct, timeoutMs: READ_MS }
  const feed = async (name: 'fault' | 'control'): Promise<FeedEvidence> => {
    const topic = rig.topics[name]
    const tally = openTally(rig[name].sources)
    if (name === 'fault') for (const record of rig.rescued) tally.record(record)
    await visitTopic(topic, 0, tally.record, options)
    const deadLetters = await readIfThere(`${topic}.dead-letter`, options)
    return { name, topic, simulator: rig[name], tally, deadLetters, report: reports[name] }
  }
  const [fault, control] = await Promise.all([feed('fault'), feed('control')])
  return {
    ...witnessed,
    fault,
    control,
    gaps: await readGaps(rig),
    output: rig.daemons.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
  }
}

async function readIfThere(
  topic: string,
  options: { readonly bootstrapServers: string; readonly timeoutMs: number },
): Promise<ReadRecord[]> {
  const size = await topicSize(topic, options.bootstrapServers).catch(() => 0)
  return size === 0 ? [] : readTopic(topic, 0, options)
}
