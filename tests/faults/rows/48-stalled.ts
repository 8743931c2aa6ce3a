/** Row 48: the daemon itself stands still, and then has little of the CPU: its upstreams are not to blame. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

/** Several times the deadline of the heartbeat, at any scale. */
const LEAST_STALL_MS = 4_000
const BUSY_LOOPS = 4

export const row: Row = {
  number: 48,
  title: 'the daemon is stopped for 10 s; then the CPU is busy for 10 s',
  clients: 'any',
  env: { FEED_FAULT_PING_INTERVAL: '1s', FEED_CONTROL_PING_INTERVAL: '1s', FEED_FAULT_SILENCE_TIMEOUT: '3s' },
  async inject(rig) {
    const before = dialled(rig)
    rig.sampler.paused = true
    rig.daemon.signal('SIGSTOP')
    try {
      await sleep(Math.max(LEAST_STALL_MS, rig.scaled(10)))
    } finally {
      rig.daemon.signal('SIGCONT')
    }
    await rig.flows(500)
    rig.sampler.paused = false
    const afterStop = dialled(rig)
    const loops = Array.from({ length: BUSY_LOOPS }, () =>
      spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
    )
    try {
      await rig.wait(10)
    } finally {
      for (const loop of loops) loop.kill('SIGKILL')
    }
    await rig.flows(500)
    const afterStarving = dialled(rig)
    rig.findings.push({
      id: 'I7',
      ok: afterStarving === before,
      detail: `${before} connections before, ${afterStop} after it was stopped, ${afterStarving} after the CPU was busy`,
    })
  },
}

function dialled({ fault, control }: Rig): number {
  return fault.connections.length + control.connections.length
}
