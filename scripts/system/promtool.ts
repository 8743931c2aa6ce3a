/** Check: promtool, which knows how metrics should be named and documented, reads ours and finds nothing. */
import { join } from 'node:path'
import { until } from '../lib/until.ts'
import { type Check, expect, NotRun } from './check.ts'
import { attempt, works } from './command.ts'
import { ROOT } from './engine.ts'
import { metricTotal } from './exposition.ts'
import { withRig } from './rig.ts'

export const promtool: Check = {
  help: 'promtool finds nothing to say about /metrics and the configuration in deploy/',
  async run({ signal, seen }) {
    if (!(await works(['promtool', '--version']))) {
      throw new NotRun(
        'no promtool in the PATH',
        'It comes with Prometheus: apt install prometheus, or https://prometheus.io/download',
      )
    }
    const config = await attempt(['promtool', 'check', 'config', join(ROOT, 'deploy/prometheus/prometheus.yml')])
    expect(config.code === 0, `promtool check config: ${config.output}`)
    await withRig({ signal, rate: 50 }, async ({ metricsAddress, upstreams }) => {
      const page = async () => (await fetch(`http://${metricsAddress}/metrics`)).text()
      // Every kind of series should be there: a connection that ended, a dial, a delivery.
      const open = async () =>
        metricTotal(await page(), 'kafka_producer_websocket_connections_total') >= Object.keys(upstreams).length
      await until(open, { what: 'a connection to each upstream', signal })
      await upstreams.trades.close()
      const full = async () => {
        const text = await page()
        const ended = metricTotal(text, 'kafka_producer_websocket_connection_duration_seconds_count')
        const settled = metricTotal(text, 'tributary_delivery_duration_seconds_count', { feed: 'delivery' })
        return ended > 0 && settled > 0 && text
      }
      const text = await until(full, { what: 'metrics of an ended connection and of deliveries', signal })
      const { code, output } = await attempt(['promtool', 'check', 'metrics'], { input: text })
      expect(code === 0 && output === '', `promtool check metrics ended with ${code}:\n${output}`)
      const families = text.split('\n').filter((line) => line.startsWith('# TYPE ')).length
      seen(`${families} metrics, nothing to say about any`)
    })
  },
}
