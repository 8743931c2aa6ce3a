/** What to try next: commands that work as they stand. */
import type { Scene } from './scene.ts'
import { AWAY_MS } from './upstreams.ts'

/** Of a command; the path of the log may be longer. */
const WIDTH = 38

/** One line each. */
export function tips({ daemon, kafka, upstreams }: Scene): string[] {
  const away = upstreams.find(({ kind }) => kind === 'readings')
  const command = (text: string, what: string): string => `  ${text.padEnd(WIDTH)}  # ${what}`
  return [
    'to try next, in another terminal; Ctrl-C here ends everything',
    command(`curl -s ${daemon.address}/metrics`, 'what Prometheus scrapes'),
    command(`curl -s ${daemon.address}/status`, 'feeds, sources, ledger'),
    command(`kill -STOP ${kafka.pid}`, 'Kafka stands still: held grows'),
    command(`kill -CONT ${kafka.pid}`, 'and all of it arrives'),
    command(`kill ${away?.pid}`, `gone ${AWAY_MS / 1000} s; back at the next dial`),
    `  tail -f ${daemon.logFile}`,
  ]
}
