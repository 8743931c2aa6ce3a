/** Row 4: the broker is away for longer than the lanes can hold. */
import { until } from '../../support/until.ts'
import { growth } from '../growth.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

/** A full lane does not grow; the rest is what V8 lets lie. What stays is looked at by `growth`. */
const GROWN_BYTES = 128 * 1024 * 1024
/** A feed of 500 messages a second that is not blocked has some. */
const STILL_MS = 2_000

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
    const blocked = await received(rig)
    await wait
    await rig.wait(60)
    const more = (await received(rig)) - blocked
    const grown = (await rig.daemon.rss()) - full
    await broker?.kafka.restart()
    rig.findings.push({ id: 'row', ok: more === 0, detail: `control: ${more} messages read while its lane was full` })
    rig.findings.push({
      id: 'I6',
      ok: grown <= GROWN_BYTES,
      detail: `${Math.round(grown / 1024 / 1024)} MiB more resident than when the lanes were full`,
    })
  },
  check: (evidence, rig) => {
    const { fault, control } = evidence
    const [given, kept] = [fault, control].map(({ report }) => report.ledger.messages.dropped)
    const ok = given !== 0 && kept === 0
    return [{ id: 'row', ok, detail: `${policyOf(rig)} gave up ${given} messages, block ${kept}` }, growth(evidence)]
  },
}

/** Each client with one of them, so that a full run has both. */
function policyOf({ options }: Rig): string {
  return options.client === 'platformatic' ? 'drop-oldest' : 'drop-newest'
}

/** The one drops, and the other takes no more. */
async function areFull(rig: Rig): Promise<void> {
  let last = -1
  let since = performance.now()
  const isFull = async (): Promise<boolean> => {
    const now = await received(rig)
    if (now !== last) since = performance.now()
    last = now
    const { dropped } = (await rig.daemon.feed('fault')).ledger.messages
    return dropped > 0 && performance.now() - since > STILL_MS
  }
  await until(isFull, { what: 'both lanes to be full', timeoutMs: 120_000 })
}

async function received({ daemon }: Rig): Promise<number> {
  return (await daemon.feed('control')).ledger.messages.received
}
