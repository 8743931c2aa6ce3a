/** A process that fills a small disk with two lanes, again and again: full, then read back in part or wholly. Says as JSON what came of it. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diskLane } from '../../app/lane/disk.ts'
import type { Lane, Message } from '../../app/model.ts'
import { laneOptions } from './lanes.ts'
import { message } from './messages.ts'
import { until } from './until.ts'

const [directory = '', rounds = '30', seed = '1', megabytes = '8'] = process.argv.slice(2)
/** So large that the whole disk is taken, by a program that is not ours. */
const BALLAST_BYTES = 64 * 1024 * 1024
let state = Number(seed)

interface Crammed {
  readonly lane: Lane
  /** Messages handed to the lane, promised by it, and read back. */
  handed: number
  kept: number
  read: number
  writing: Promise<void>
  holds: number
  held: boolean
  details: Set<string>
}

const lanes = [await cram('a'), await cram('b')]
for (let round = 0; round < Number(rounds); round++) {
  const ballast = join(directory, 'ballast')
  const filled = round % 3 === 2
  for (const crammed of lanes) fill(crammed)
  if (filled) await writeFile(ballast, Buffer.alloc(BALLAST_BYTES)).catch(() => {})
  await until(() => lanes.every(({ held }) => held), { what: 'both lanes to be held', timeoutMs: 60_000 })
  if (filled) await rm(ballast)
  await Promise.all(lanes.map(drain))
}
for (const { lane } of lanes) await lane.close()
process.stdout.write(
  JSON.stringify(
    lanes.map(({ handed, kept, read, holds, details }) => ({ handed, kept, read, holds, details: [...details] })),
  ),
)

async function cram(feed: string): Promise<Crammed> {
  const crammed: Crammed = {
    lane: await diskLane(
      laneOptions(directory, {
        feed,
        laneMaxBytes: 1024 ** 3,
        maxInFlightBatches: 1,
        sync: feed === 'a' ? 'flush' : 'commit',
        emit: (event) => {
          if (event.type === 'lane.resumed') crammed.held = false
          if (event.type !== 'lane.held') return
          crammed.held = true
          crammed.holds += 1
          crammed.details.add(event.detail)
        },
      }),
    ),
    handed: 0,
    kept: 0,
    read: 0,
    writing: Promise.resolve(),
    holds: 0,
    held: false,
    details: new Set(),
  }
  return crammed
}

/** Appends as much as the whole disk holds, and more. */
function fill(crammed: Crammed): void {
  const append = async (): Promise<void> => {
    for (let bytes = 0; bytes < Number(megabytes) * 1_000_000; ) {
      const size = random() < 0.2 ? 100_000 : 100 + Math.floor(random() * 3_000)
      const count = size === 100_000 ? 1 : 1 + Math.floor(random() * 40)
      const messages = Array.from({ length: count }, (_, i) => numberedMessage(crammed.handed + i, size))
      crammed.handed += count
      bytes += count * size
      await crammed.lane.append(messages)
      crammed.kept += count
    }
  }
  crammed.writing = Promise.all([crammed.writing, append()]).then(() => {})
}

/** Reads until all that is handed to the lane is back. */
async function drain(crammed: Crammed): Promise<void> {
  let written = false
  crammed.writing.then(() => (written = true)).catch(() => {})
  const stop = new AbortController()
  for await (const batch of crammed.lane.read(stop.signal)) {
    for (const { data } of batch.messages) {
      if (Number(data.toString('latin1', 0, 12)) !== crammed.read++)
        throw new Error(`message ${crammed.read - 1} is not there`)
    }
    crammed.lane.acknowledge(batch)
    if (crammed.read === crammed.handed) {
      await until(() => written || crammed.read < crammed.handed, { what: 'the writer to go on', timeoutMs: 60_000 })
      if (crammed.read === crammed.handed) stop.abort()
    }
  }
}

function numberedMessage(number: number, size: number): Message {
  return message(String(number).padStart(12, '0').padEnd(size))
}

/** Between 0 and 1, the same row for the same seed. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
