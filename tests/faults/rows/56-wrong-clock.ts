/** Row 56: our clock is wrong by hours from the start, and set right under load: nothing is given up, and it is said. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readTopic } from '../../support/stack.ts'
import { placeFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const HOURS_MS = 2 * 3_600_000
const PRELOAD = new URL('../../support/shifted-clock.mjs', import.meta.url).href
/** A record may wait in a lane for so long while its feed flows. */
const CLOSE_MS = 30_000

export const row: Row = {
  number: 56,
  title: 'the clock is two hours ahead, and set right under load',
  clients: 'both',
  env: (rig) => ({
    NODE_OPTIONS: `--import ${PRELOAD}`,
    CLOCK_SHIFT_FILE: file(rig),
    FEED_FAULT_MAX_AGE: '1m',
  }),
  expect: { controlFlows: true, duplicates: 'retries' },
  async prepare(rig) {
    await set(rig, HOURS_MS)
    // Kafka alone tells the time: it refuses records, and none may be given up for that.
    const front = await placeFront(rig)
    front.hidesTime = true
  },
  async inject(rig) {
    await rig.daemon.said(/clock is 7\d\d\d\.\d s ahead of that of Kafka/)
    await gauge(rig, -HOURS_MS)
    for (const shift of [0, -HOURS_MS, 0]) {
      await set(rig, shift)
      await rig.flows(500)
      await gauge(rig, shift === 0 ? 0 : -shift)
    }
  },
  async check(_evidence, rig) {
    const now = Date.now()
    const began = now - performance.now()
    const records = await readTopic(rig.topics.fault, 0, { bootstrapServers: rig.site.direct, timeoutMs: 60_000 })
    const odd = records.filter(({ timestamp }) => timestamp < began - CLOSE_MS || timestamp > now + CLOSE_MS)
    return [{ id: 'row', ok: odd.length === 0, detail: `${records.length} records, ${odd.length} of another time` }]
  },
}

function file({ folder }: Rig): string {
  return join(folder, 'shift')
}

/** Milliseconds beside the real time. */
async function set(rig: Rig, ms: number): Promise<void> {
  await writeFile(file(rig), String(ms))
}

async function gauge(rig: Rig, expectedMs: number): Promise<void> {
  const holds = `tributary_clock_offset_seconds is about ${expectedMs / 1_000}`
  await rig.noticesInMetrics(holds, (samples) => {
    const value = samples.value('tributary_clock_offset_seconds')
    return value !== undefined && Math.abs(value * 1_000 - expectedMs) < 5_000
  })
}
