/** A process that appends to a lane on disk, reads and acknowledges, until it is killed. Says what it was promised, line by line. */
import { writeSync } from 'node:fs'
import { diskLane } from '../../app/lane/disk.ts'
import type { Lane } from '../../app/model.ts'
import { laneOptions } from './lanes.ts'
import { numbered, source } from './messages.ts'

/** First number of each source; the sources are 0, 1, … */
const firsts = (process.argv[3] ?? '').split(',').map(Number)
const seed = Number(process.argv[4])

const lane = await diskLane(laneOptions(process.argv[2] ?? '', { sync: seed % 2 === 0 ? 'flush' : 'commit' }))
void acknowledge(lane)
await Promise.all(firsts.map((first, id) => append(lane, id, first)))

async function append(to: Lane, id: number, first: number): Promise<void> {
  for (let at = first; ; ) {
    const count = 1 + ((at * 7919 + seed) % 50)
    await to.append(numbered(count, source(String(id)), at))
    at += count
    writeSync(1, `kept ${id} ${at - 1}\n`)
  }
}

/** Acknowledges some batches and then no more: the rest must still be there. */
async function acknowledge(from: Lane): Promise<void> {
  let batches = 0
  for await (const batch of from.read(new AbortController().signal)) {
    if (++batches > 40 + (seed % 100)) return
    const last = new Map(batch.messages.map(({ source: { id }, data }) => [id, data.toString()]))
    for (const [id, number] of last) writeSync(1, `acknowledged ${id} ${number}\n`)
    from.acknowledge(batch)
  }
}
