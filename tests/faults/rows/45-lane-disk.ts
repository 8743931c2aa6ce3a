/** Row 45: the disk under the lanes is full, read-only, or fails: nothing counts as kept that is not, and the daemon holds. */
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rig } from '../rig.ts'
import { type Finding, notRun, type Row } from '../row.ts'
import { standard } from '../run-row.ts'
import { cannotTamper, failing } from '../strace.ts'

/** Three lanes that are empty (one is of the gaps) take a quarter of it. */
const DISK = '6m'

export const row: Row = {
  number: 45,
  title: 'the disk of the lanes is full, read-only, or answers EIO',
  clients: 'any',
  needs: { lane: 'disk' },
  load: { rate: 2_000, padBytes: 500 },
  env: (rig) => ({ LANE_DIR: disk(rig) }),
  expect: { duplicates: 'retries' },
  async run(rig) {
    await mkdir(disk(rig))
    const mounted = mount(rig, `size=${DISK}`)
    if (!mounted) return [notRun('only root can mount a small disk')]
    const readOnly = await refused(rig)
    return [readOnly, ...(await standard(row, rig))]
  },
  async inject(rig) {
    await filled(rig)
    await broken(rig)
  },
}

/** Kafka is frozen, so the lanes grow until nothing more fits. */
async function filled(rig: Rig): Promise<void> {
  const { brokers } = rig.site
  for (const { kafka } of brokers) kafka.pause()
  await rig.noticesInLog(/the lane of feed fault cannot write: the disk is full/, 60_000)
  await rig.wait(10)
  const { ledger, lane } = await rig.daemon.feed('fault')
  for (const { kafka } of brokers) kafka.resume()
  await rig.noticesInLog(/the lane of feed fault writes again/, 60_000)
  rig.findings.push({
    id: 'row',
    ok: rig.daemon.running && lane.bytes < lane.limit_bytes,
    detail: `full at ${ledger.messages.held} messages, ${lane.bytes} of ${lane.limit_bytes} bytes that the lane may have`,
  })
}

/** No flush succeeds; from then on not one message more counts as received. */
async function broken(rig: Rig): Promise<void> {
  const obstacle = cannotTamper()
  if (obstacle) return void rig.findings.push(notRun(`EIO: ${obstacle}`))
  await rig.flows(300)
  rig.mark()
  const tampering = await failing(rig.daemon.pid)
  try {
    await rig.noticesInLog(/the lane of feed fault cannot write/)
    const before = rig.fault.written
    await rig.wait(10)
    rig.findings.push({
      id: 'row',
      ok: rig.daemon.running && tampering.failed > 0,
      detail: `${tampering.failed} flushes answered EIO, while ${rig.fault.written - before} more messages were written to its sockets`,
    })
  } finally {
    await tampering.stop()
  }
  await rig.noticesInLog(/the lane of feed fault writes again/, 30_000)
}

/** A disk that was read-only from the start is an error at the start. */
async function refused(rig: Rig): Promise<Finding> {
  execFileSync('mount', ['-o', 'remount,ro', disk(rig)])
  const daemon = rig.start()
  const { code } = await daemon.exited
  execFileSync('mount', ['-o', 'remount,rw', disk(rig)])
  const said = daemon.log.map(({ msg }) => msg).find((msg) => msg.includes('LANE_DIR')) ?? daemon.stderr
  const ok = code === 69 && said.includes('(EROFS); make it writable')
  return { id: 'I11', ok, detail: `read-only: it ended with ${code}: ${said.slice(0, 300)}` }
}

function disk({ folder }: Rig): string {
  return join(folder, 'disk')
}

function mount(rig: Rig, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk(rig)], { stdio: 'ignore' })
  } catch {
    return false
  }
  rig.defer(() => execFileSync('umount', ['-l', disk(rig)]))
  return true
}
