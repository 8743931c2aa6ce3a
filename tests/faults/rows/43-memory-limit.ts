/** Row 43: 256 MB of memory, Kafka away for longer than the lane lasts, and a flood: the sockets are paused before memory is short. */
import { until } from '../../support/until.ts'
import { type MemoryGroup, memoryGroup } from '../cgroup.ts'
import type { Rig } from '../rig.ts'
import { notRun, type Row } from '../row.ts'
import { standard } from '../run-row.ts'

const MIB = 1024 * 1024
const LIMIT_BYTES = 256 * 1_000_000
const HEAP_MIB = 128
/** Node's own file, mapped: resident, but not charged to the group, which is what may not be above the limit. */
const MAPPED_BYTES = 64 * MIB
const LANE = '32MiB'
/** Messages per second. The sender shares a process with the suite, which has no time for the 100,000 of row 37. */
const FLOOD = 15_000
const groups = new WeakMap<Rig, MemoryGroup>()

export const row: Row = {
  number: 43,
  title: '256 MB of memory, Kafka away and a flood',
  clients: 'both',
  load: { rate: 500, padBytes: 200 },
  env: {
    FEED_FAULT_LANE_MAX_BYTES: LANE,
    FEED_CONTROL_LANE_MAX_BYTES: LANE,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}`,
  },
  expect: { duplicates: 'retries', rssBytes: LIMIT_BYTES + MAPPED_BYTES, loopLagS: 1, recoverS: 120 },
  async run(rig) {
    const group = await memoryGroup(LIMIT_BYTES)
    if (!group) return [notRun('only root can limit memory')]
    rig.defer(() => group.remove().catch(() => {}))
    groups.set(rig, group)
    return standard(row, rig)
  },
  async start(rig) {
    await rig.start({}, { under: groups.get(rig)?.under ?? [] }).ready(60_000)
  },
  async inject(rig) {
    const { fault, site, daemon } = rig
    await Promise.all(site.brokers.map(({ kafka }) => kafka.kill()))
    fault.rate = FLOOD
    const wait = rig.wait(60)
    await rig.noticesInLog(/holding and trying again/)
    const isFull = async (): Promise<boolean> => {
      const { lane } = await daemon.feed('fault')
      return lane.bytes >= 0.9 * lane.limit_bytes && fault.buffered > 0
    }
    await until(isFull, { what: 'the lane to be full, and the sockets to be paused', timeoutMs: 120_000 })
    await wait
    await Promise.all(site.brokers.map(({ kafka }) => kafka.restart()))
    // The flood goes on while the lane is emptied.
    await rig.wait(60)
    fault.rate = 500
  },
  async check(_evidence, rig) {
    const group = groups.get(rig)
    const [most = 0, killed = 0] = [await group?.mostBytes(), await group?.killed()]
    const detail = `at most ${Math.round(most / MIB)} MiB of ${Math.round(LIMIT_BYTES / MIB)} with what the kernel keeps, ${killed} killed for want of it`
    return [{ id: 'I6', ok: most > 0 && killed === 0 && rig.daemons.length === 1, detail }]
  },
}
