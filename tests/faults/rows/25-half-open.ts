/** Row 25: the upstream freezes; its sockets stay open and say nothing more. */
import type { Row } from '../row.ts'

export const row: Row = {
  number: 25,
  title: 'upstream half open for 30 s',
  clients: 'any',
  needs: { upstreamProxy: true },
  env: { FEED_FAULT_PING_INTERVAL: '1s', HANDSHAKE_TIMEOUT: '2s' },
  expect: { lostTails: true, controlFlows: true },
  async inject(rig) {
    rig.upstreamProxy.set({ up: { flow: 'hold' }, down: { flow: 'hold' } })
    const wait = rig.wait(30)
    await rig.noticesInLog(/is lost after .*no sign of life/)
    await rig.noticesInMetrics('every source of the feed is closed', (samples) => {
      return (samples.value('tributary_sources', { feed: 'fault', state: 'open' }) ?? 0) === 0
    })
    await wait
    rig.upstreamProxy.set({})
    // Whoever froze with half a handshake is not coming back.
    rig.upstreamProxy.reset()
  },
  check: ({ fault, samples }) => {
    const lost = samples?.value('tributary_connections_lost_total', { feed: 'fault', reason: 'ping_timeout' }) ?? 0
    const { length } = fault.simulator.sources
    return [{ id: 'row', ok: lost >= length, detail: `${lost} connections of ${length} sources ended by ping_timeout` }]
  },
}
