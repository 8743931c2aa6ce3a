/** Row 46: nobody reads the log any more: the reader stalls, then goes away; and the log's disk is full. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../../scripts/stack/ports.ts'
import type { Daemon, StatusReport } from '../../support/daemon.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { standard } from '../run-row.ts'

/** The daemon's log goes through a pipe to a `cat`, which can be stopped and killed. `$0` is the pipe. */
const PIPED = 'mkfifo "$0" && { cat "$0" & echo $! > "$0.pid"; exec "$@" > "$0"; }'
export const row: Row = {
  number: 46,
  title: 'the reader of the log stalls for 30 s; goes away; its disk is full',
  clients: 'any',
  env: { LOG_LEVEL: 'trace' },
  expect: { controlFlows: true, lostTails: true },
  run: async (rig) => [...(await standard(row, rig)), await gone(rig), await full(rig)],
  async start(rig) {
    await piped(rig, 'stalls').ready()
  },
  async inject(rig) {
    const reader = await readerOf(rig, 'stalls')
    process.kill(reader, 'SIGSTOP')
    try {
      const { daemon } = rig
      const length = daemon.stdout.length
      for (const socket of rig.fault.sockets.values()) socket.terminate()
      await rig.wait(30)
      await rig.flows(500)
      rig.findings.push({ id: 'row', ok: daemon.stdout.length === length, detail: 'not a line was read meanwhile' })
    } finally {
      process.kill(reader, 'SIGCONT')
    }
  },
}

/** As `stalls`, but the reader is gone: each line meets EPIPE. */
async function gone(rig: Rig): Promise<Finding> {
  resume(rig)
  const daemon = piped(rig, 'goes')
  await daemon.ready()
  process.kill(await readerOf(rig, 'goes'), 'SIGKILL')
  for (const socket of rig.fault.sockets.values()) socket.terminate()
  await rig.flows(500)
  const { code } = await daemon.stop()
  return { id: 'row', ok: code === 0, detail: `the reader gone, both feeds flowed on, and it ended with ${code}` }
}

/** A log that cannot be written at all, from the first line on. */
async function full(rig: Rig): Promise<Finding> {
  rig.sampler.paused = true
  resume(rig)
  const port = await freePort()
  const daemon = rig.start({ METRICS_PORT: `${port}` }, { under: ['sh', '-c', 'exec "$@" >/dev/full', 'sh'] })
  const ask = async (path: string): Promise<Response | undefined> =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } }).catch(() => undefined)
  await until(async () => (await ask('/readyz'))?.status === 200, { what: 'the daemon to be ready', timeoutMs: 60_000 })
  const produced = async (): Promise<number> => {
    const status = (await (await ask('/status'))?.json()) as StatusReport | undefined
    return status?.feeds.fault?.ledger.documents.produced ?? 0
  }
  await until(async () => (await produced()) > 500, { what: 'messages to be produced' })
  const { code } = await daemon.stop()
  return { id: 'row', ok: code === 0, detail: `its disk full, 500 messages flowed, and it ended with ${code}` }
}

function piped(rig: Rig, name: string): Daemon {
  return rig.start({}, { under: ['sh', '-c', PIPED, join(rig.folder, name)] })
}

async function readerOf(rig: Rig, name: string): Promise<number> {
  return Number(await readFile(join(rig.folder, `${name}.pid`), 'utf8'))
}

function resume({ fault, control }: Rig): void {
  fault.paused = false
  control.paused = false
}
