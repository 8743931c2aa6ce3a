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
  run: async (rig) => (preload() ? standard(row, rig) : [notRun('faketime is not on this machine')]),
  async start(rig) {
    await jump(rig, '+0')
    // The monotonic clock is the kernel's own, which a step of the time leaves alone, too.
    const settings = ['FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1', `FAKETIME_TIMESTAMP_FILE=${file(rig)}`]
    await rig.start({}, { under: ['env', `LD_PRELOAD=${preload()}`, ...settings] }).ready(60_000)
  },
  async inject(rig) {
    const before = rig.fault.connections.length + rig.control.connections.length
    for (const step of ['+3600', '-3600', '+0']) {
      await jump(rig, step)
      await rig.wait(10)
      await rig.flows(300)
      await seen(rig, step)
    }
    const after = rig.fault.connections.length + rig.control.connections.length
    rig.findings.push({
      id: 'I7',
      ok: after === before,
      detail: `${before} connections before the jumps, ${after} after`,
    })
  },
}

/** The daemon lives by the clock that jumped. */
async function seen(rig: Rig, step: string): Promise<void> {
  const { sources } = await rig.daemon.feed('fault')
  const aside = (Date.parse(`${sources[0]?.last_message_at}`) - Date.now()) / 1_000
  const ok = Math.abs(aside - Number(step)) < 60
  rig.findings.push({ id: 'row', ok, detail: `${step} s: the last message came at ${aside.toFixed(0)} s` })
}

/** The library that stands before the clock. The command itself would be a process between us and the daemon, and take its signals. */
function preload(): string | undefined {
  try {
    return execFileSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

function file({ folder }: Rig): string {
  return join(folder, 'clock')
}

/** Seconds beside the real time. */
async function jump(rig: Rig, seconds: string): Promise<void> {
  await writeFile(file(rig), `${seconds}\n`)
}
