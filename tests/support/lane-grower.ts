/** A process that fills a lane on disk with so many MB, so many messages at a time, while nobody reads, then reads all of it back. Says its memory as JSON. */
import { diskLane } from '../../app/lane/disk.ts'
import type { Message } from '../../app/model.ts'
import { laneOptions } from './lanes.ts'
import { source } from './messages.ts'

const [directory = '', megabytes = '0', together = '500'] = process.argv.slice(2)
const MESSAGES = Number(together)
const BYTES = 1_000
const rounds = Math.ceil((Number(megabytes) * 1_000_000) / MESSAGES / BYTES)
const lane = await diskLane(laneOptions(directory, { laneMaxBytes: 1024 ** 3, maxInFlightBatches: 8 }))
const from = source('a')

const start = process.memoryUsage.rss()
let most = start
/** Lets the loop turn, as the right loop does, and looks at the memory. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  most = Math.max(most, process.memoryUsage.rss())
}

for (let round = 0; round < rounds; round++) {
  await lane.append(Array.from({ length: MESSAGES }, (_, i) => numberedMessage(round * MESSAGES + i)))
  await turn()
}
const filled = most
const { messages: held } = lane.held
let read = 0
for await (const batch of lane.read(new AbortController().signal)) {
  for (const { data } of batch.messages) {
    if (data.readUInt32BE(0) !== read++) throw new Error(`message ${read - 1} is not where it belongs`)
  }
  lane.acknowledge(batch)
  await turn()
  if (read === held) break
}
await lane.close()
process.stdout.write(JSON.stringify({ start, filled, most, held, read }))

function numberedMessage(number: number): Message {
  const data = Buffer.alloc(BYTES, 'x')
  data.writeUInt32BE(number)
  return { source: from, data, receivedAt: number }
}
