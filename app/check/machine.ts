/** Checks this machine: the port of the metrics, and the directory of the lanes. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../kinds.ts'
import { within } from '../lib/deadline.ts'
import { request } from '../lib/http-client.ts'
import { portProblem } from '../port-problem.ts'
import { type Finding, type FindingGroup, misconfigured } from './finding.ts'
import { checkLanes } from './lanes.ts'

const LANES_PATIENCE_MS = 10_000
const ASK = { timeoutMs: 1_000, maxBytes: 64 * 1024 * 1024 }

/** Opens and closes both. Does not disturb a running daemon. */
export function checkMachine(config: Config): FindingGroup {
  const look = async (): Promise<Finding[]> => {
    const port = await checkPort(config)
    const isRunning = port.verdict === 'note'
    return [
      port,
      ...(await within(checkLanes(config, isRunning), LANES_PATIENCE_MS, () => new Late()).catch(late(config))),
    ]
  }
  return { title: 'this machine', findings: look() }
}

class Late extends Error {}

function late({ lane, names }: Config): (error: unknown) => Finding[] {
  return (error) => {
    if (!(error instanceof Late)) throw error
    const detail = `${lane.directory} has not been read after ${LANES_PATIENCE_MS / 1000} s`
    return [
      {
        label: 'lanes',
        verdict: 'note',
        detail,
        cure: 'it is large, or its file system hangs',
        setting: names.LANE_DIR,
      },
    ]
  }
}

async function checkPort(config: Config): Promise<Finding> {
  const label = 'metrics'
  const { metricsHost: host, metricsPort: port } = config
  const server = createServer()
  try {
    server.listen({ port, host, exclusive: true })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return { label, verdict: 'ok', detail: port === 0 ? 'a free port' : `port ${port} is free` }
  } catch (error) {
    const problem = portProblem(error, config)
    if (!problem) throw error
    if (!(await isTributary(host, port))) return { ...misconfigured(problem, label), fault: 'unavailable' }
    return { label, verdict: 'note', detail: `a Tributary runs on port ${port} already`, setting: problem.setting }
  }
}

/** Whether the listener has the status page of a Tributary. */
async function isTributary(host: string, port: number): Promise<boolean> {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  try {
    const address = own.includes(':') ? `[${own}]` : own
    const { status, body } = await request({ url: `http://${address}:${port}/status`, ...ASK })
    const page: unknown = JSON.parse(body.toString())
    return status === 200 && typeof page === 'object' && page !== null && 'feeds' in page && 'kafka_connected' in page
  } catch {
    return false
  }
}
