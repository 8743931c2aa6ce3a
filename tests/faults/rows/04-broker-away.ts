/** Row 4: the broker is away for longer than the lanes can hold. */
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

/** A full lane does not grow; the rest is the noise of a garbage collector. */
const GROWN_BYTES = 64 * 1024 * 1024

export const row: Row = {
  number: 4,
  title: 'broker away for 10 min, small lanes: one drops by policy, one blocks',
  clients: 'both',
  env: (rig) => ({
    FEED_FAULT_LANE_MAX_BYTES: '1MiB',
    FEED_FAULT_OVERLOAD: policyOf(rig),
    FEED_CONTROL_LANE_MAX_BYTES: '1MiB',
  }),
  expect: { drops: true, duplicates: 'retries' },
  async inject(rig) {
    const [broker] = rig.site.brokers
    await broker?.kafka.kill()
    const wait = rig.wait(600)
    await rig.noticesInLog(/holding and trying again/)
    await areFull(rig)
    const policy = policyOf(rig)
    await rig.noticesInMetrics(`tributary_messages_dropped_total counts for ${policy}`, (samples) => {
      const all = samples.value('tributary_messages_dropped_total', { feed: 'fault' }) ?? 0
      return all > 0 && !samples.value('tributary_messages_dropped_total', { feed: 'control' })
    })
    const full = await rig.daemon.rss()
    await wait
    const grown = (await rig.daemon.rss()) - full
    await broker?.kafka.restart()
    rig.findings.push({
      id: 'I6',
      ok: grown <= GROWN_BYTES,
      detail: `${Math.round(grown / 1024 / 1024)} MiB more resident than when the lanes were full`,
    })
  },
  check: ({ fault, control }, rig) => {
    const { dropped } = fault.report.ledger.messages
    const unsent = rig.control.wanted - rig.control.written
    const ok = dropped > 0 && control.report.ledger.messages.dropped === 0 && unsent > 0
    return [
      { id: 'row', ok, detail: `${policyOf(rig)} gave up ${dropped}; block kept ${unsent} from being sent to control` },
    ]
  },
}

/** Each client with one of them, so that a full run has both. */
function policyOf({ options }: Rig): string {
  return options.client === 'platformatic' ? 'drop-oldest' : 'drop-newest'
}

async function areFull({ daemon, control }: Rig): Promise<void> {
  const isFull = async (): Promise<boolean> => {
    const { ledger } = await daemon.feed('fault')
    return ledger.messages.dropped > 0 && control.buffered > 0
  }
  await until(isFull, { what: 'both lanes to be full', timeoutMs: 120_000 })
}
