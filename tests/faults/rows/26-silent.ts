/** Row 26: the upstream is there, answers pings, and says nothing. */
import type { Row } from '../row.ts'

const LIMIT_MS = 2_000

export const row: Row = {
  number: 26,
  title: 'upstream open but silent for 30 s',
  clients: 'any',
  env: { FEED_FAULT_SILENCE_TIMEOUT: `${LIMIT_MS}ms`, FEED_FAULT_PING_INTERVAL: '1s' },
  expect: { controlFlows: true },
  async inject(rig) {
    const { fault } = rig
    fault.paused = true
    const wait = rig.wait(30)
    await rig.noticesInLog(/is lost after .*no message for 2000 ms/)
    await rig.noticesInMetrics('tributary_connections_lost_total counts every source as silent', (samples) => {
      const lost = samples.value('tributary_connections_lost_total', { feed: 'fault', reason: 'silent' }) ?? 0
      return lost >= fault.sources.length
    })
    await wait
    fault.paused = false
  },
  check: ({ samples, control }) => {
    const timeouts = samples?.value('kafka_producer_websocket_messages_timeout_total') ?? 0
    const pings = samples?.value('tributary_connections_lost_total', { reason: 'ping_timeout' }) ?? 0
    const { connections, sources } = control.simulator
    return [
      {
        id: 'row',
        ok: timeouts > 0 && pings === 0 && connections.length === sources.length,
        detail: `${timeouts} connections ended for silence, ${pings} for pings; the control feed was dialled ${connections.length} times`,
      },
    ]
  },
}
