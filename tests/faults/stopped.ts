/** A daemon that is stopped while it holds messages that Kafka does not take. */
import { until as answered, topicSize } from '../support/stack.ts'
import { until } from '../support/until.ts'
import type { Rig } from './rig.ts'

/** Held by both feeds before the signal. */
const HELD = 500
/** Generous: what closing takes on a busy machine. */
const WITHIN_MS = 20_000

/** Runs a daemon, takes Kafka away from it with `fault`, does what `then` does once both feeds hold enough, and ends it. */
export async function stoppedHolding(
  rig: Rig,
  env: Readonly<Record<string, string>>,
  fault: () => Promise<void>,
  then: () => Promise<void> = async () => {},
) {
  await rig.start(env).ready(60_000)
  await rig.flows(300)
  const { daemon } = rig
  rig.mark()
  await fault()
  await rig.noticesInLog(/holding and trying again/)
  const isHolding = async (): Promise<boolean> => {
    const { feeds } = await daemon.status()
    return Object.values(feeds).every(({ ledger }) => ledger.messages.held >= HELD)
  }
  await until(isHolding, { what: `${HELD} messages of each feed to be held`, timeoutMs: 60_000 })
  await then()
  rig.sampler.paused = true
  const at = performance.now()
  const { code } = await daemon.stop()
  const afterMs = performance.now() - at
  rig.sampler.paused = false
  const last = daemon.log.at(-1)
  const sums = Object.values(last?.ledger ?? {})
  const sumOf = (of: (ledger: (typeof sums)[number]) => number): number =>
    sums.reduce((sum, ledger) => sum + of(ledger), 0)
  return {
    code,
    said: last?.msg ?? '',
    seconds: (afterMs / 1_000).toFixed(1),
    inTime: afterMs < WITHIN_MS,
    held: sumOf(({ messages }) => messages.held),
    received: sumOf(({ messages }) => messages.received),
    produced: sumOf(({ documents }) => documents.produced),
  }
}

/** A broker that has just come back does not lead its partitions yet, so it is asked until it answers. */
export async function sizes({ topics, site }: Rig): Promise<number> {
  const sizeOf = async (topic: string): Promise<{ size: number }> => ({ size: await topicSize(topic, site.direct) })
  const all = await Promise.all(
    [topics.fault, topics.control].map((topic) =>
      answered(() => sizeOf(topic), { what: `the size of ${topic}`, timeoutMs: 60_000 }),
    ),
  )
  return all.reduce((sum, { size }) => sum + size, 0)
}
