/** Row 39: the wall clock jumps an hour ahead, then an hour back: timers are monotonic, and nobody is dialled anew. */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rig } from '../rig.ts'
import { notRun, type Row } from '../row.ts'
import { standard } from '../run-row.ts'

export const row: Row = {
  number: 39,
  title: 'the clock jumps an hour ahead, and back',
  clients: 'any',
  env: {
    FEED_FAULT_PING_INTERVAL: '1s',
    FEED_FAULT_SILENCE_TIMEOUT: '5s',
    FEED_CONTROL_SILENCE_TIMEOUT: '5s',
  },
  expect: { controlFlows: true },
  run: async (rig) => (hasFaketime() ? standard(row, rig) : [notRun('faketime is not on this machine')]),
  async start(rig) {
    await jump(rig, '+0')
    // The monotonic clock is the kernel's own, which a step of the time leaves alone, too.
    const settings = ['FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1', `FAKETIME_TIMESTAMP_FILE=${file(rig)}`]
    const under = ['faketime', '-f', '+0', 'env', '-u', 'FAKETIME', ...settings]
    await rig.start({}, { under }).ready(60_000)
  },
  async inject(rig) {
    const before = rig.fault.connections.length + rig.control.connections.length
    for (const step of ['+3600', '-3600', '+0']) {
      await jump(rig, step)
      await rig.wait(10)
      await rig.flows(300)
    }
    const after = rig.fault.connections.length + rig.control.connections.length
    rig.findings.push({
      id: 'I7',
      ok: after === before,
      detail: `${before} connections before the jumps, ${after} after`,
    })
  },
}

function hasFaketime(): boolean {
  try {
    execFileSync('faketime', ['-f', '+0', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function file({ folder }: Rig): string {
  return join(folder, 'clock')
}

/** Seconds beside the real time. */
async function jump(rig: Rig, seconds: string): Promise<void> {
  await writeFile(file(rig), `${seconds}\n`)
}
