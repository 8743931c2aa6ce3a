/** Row 61: Kafka is away for ten minutes from a feed with a lane on disk; another broker's feed does not notice. */
import { readFile } from 'node:fs/promises'
import { until } from '../../support/until.ts'
import type { Row } from '../row.ts'

const MIB = 1024 * 1024
const RATE = 5_000
const MOST_BYTES = 400 * MIB
/** In the second half of the outage: what is on disk is not in memory, and the rest is the noise of a garbage collector. */
const GROWN_BYTES = 64 * MIB

export const row: Row = {
  number: 61,
  title: `broker of one feed away for 10 min under ${RATE} messages a second, lane on disk, three brokers`,
  clients: 'both',
  needs: { kafka: 'three', apart: true, lane: 'disk' },
  load: { rate: RATE, sources: 12 },
  env: { FEED_FAULT_LANE_MAX_BYTES: '8GiB' },
  // What is mapped of the lane's file counts as resident; what is its own is judged here.
  expect: { duplicates: 'retries', controlFlows: true, recoverS: 600, rssBytes: 1_024 * MIB },
  async inject(rig) {
    const [broker] = rig.site.brokers
    await broker?.kafka.kill()
    const [half, wait] = [rig.wait(300), rig.wait(600)]
    await rig.noticesInLog(/holding and trying again/)
    // What the lane keeps in memory, too, is there once.
    const isOnDisk = async (): Promise<boolean> => (await rig.daemon.feed('fault')).ledger.messages.held > 5 * RATE
    await until(isOnDisk, { what: 'messages on disk', timeoutMs: 60_000 })
    const first = await memoryOf(rig.daemon.pid)
    await half
    const then = await memoryOf(rig.daemon.pid)
    await wait
    const { ledger } = await rig.daemon.feed('fault')
    const now = await memoryOf(rig.daemon.pid)
    await broker?.kafka.restart()
    const over = (of: 'own' | 'mapped'): string =>
      [first, then, now].map((memory) => `${Math.round(memory[of] / MIB)}`).join(', ')
    rig.findings.push({
      id: 'I6',
      ok: now.own - then.own <= GROWN_BYTES && now.own <= MOST_BYTES,
      detail: `${ledger.messages.held} messages kept; ${over('own')} MiB its own at the start, in the middle and at the end; ${over('mapped')} MiB of files mapped`,
    })
  },
}

/** Bytes that are its own, and those of files that it has mapped: the kernel takes those back when it needs them. */
async function memoryOf(pid: number): Promise<{ readonly own: number; readonly mapped: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024
  return { own: bytes('RssAnon'), mapped: bytes('RssFile') }
}
