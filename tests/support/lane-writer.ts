/** A process that appends to a lane on disk, reads and acknowledges, until it is killed. Says what it was promised and what it has read, line by line. */
import { writeSync } from 'node:fs'
import { diskLane } from '../../app/lane/disk.ts'
import type { Batch, Lane } from '../../app/model.ts'
import { laneOptions, numbersOf } from './lanes.ts'
import { numbered, source } from './messages.ts'

/** First number of each source; the sources are 0, 1, … */
const firsts = (process.argv[3] ?? '').split(',').map(Number)
const seed = Number(process.argv[4])

const lane = await diskLane(laneOptions(process.argv[2] ?? '', { sync: seed % 2 === 0 ? 'flush' : 'commit' }))
void acknowledge(lane)
await Promise.all(firsts.map((first, id) => append(lane, id, first)))

async function append(to: Lane, id: number, first: number): Promise<void> {
  for (let at = first; ; ) {
    // Now and then many at once, which are written before they are read.
    const count = at % 11 === 0 ? 2_500 : 1 + ((at * 7919 + seed) % 50)
    await to.append(numbered(count, source(String(id)), at))
    at += count
    writeSync(1, `kept ${id} ${at - 1}\n`)
  }
}

/** Acknowledges some batches, two by two the later one first, and then no more: the rest must still be there. */
async function acknowledge(from: Lane): Promise<void> {
  let batches = 0
  let waiting: Batch | undefined
  for await (const batch of from.read(new AbortController().signal)) {
    const numbers = numbersOf(batch)
    const said = batch.messages.map(({ source, data }, at) => `${source.id}/${data}=${numbers[at]}`)
    writeSync(1, `numbered ${said.join(' ')}\n`)
    if (++batches > 40 + (seed % 100)) return
    if (!waiting) {
      waiting = batch
      // The next one may come only after this one.
      setTimeout(() => {
        if (waiting !== batch) return
        waiting = undefined
        settle(from, batch)
      }, 20)
      continue
    }
    const earlier = waiting
    waiting = undefined
    settle(from, batch)
    settle(from, earlier)
  }
}

function settle(from: Lane, batch: Batch): void {
  const spans = new Map<string, number[]>()
  for (const { source, data } of batch.messages) {
    const numbers = spans.get(source.id) ?? []
    spans.set(source.id, [...numbers.slice(0, 1), Number(data)])
  }
  for (const [id, numbers] of spans) writeSync(1, `acknowledged ${id} ${numbers[0]} ${numbers.at(-1)}\n`)
  from.acknowledge(batch)
}
