/**
 * A process of its own that moves a lane of version 0.1, which is an LMDB environment, into segments: a damaged file ends the
 * process that maps it. Path in, one JSON object out. The only importer of lmdb.
 */
import { crc32 } from 'node:zlib'
import { open } from 'lmdb'
import { Unusable } from '../../errors.ts'
import { createLedger } from '../../ledger.ts'
import type { Message, SourceInfo } from '../../model.ts'
import { sourceFinder } from '../sources.ts'
import { blockBytes, type SourceOf, writeBlock } from './block.ts'
import { Log } from './log.ts'
import { seedOf } from './reader.ts'
import { type Kept, newLane, readKept, State } from './state.ts'

/** Key of the sums. */
const TALLY = 'tally'
const SIGN_OF_LIFE_MS = 1_000

/** Its sums, as version 0.1 wrote them. */
type Sums = Omit<Kept, 'id' | 'page' | 'settledTo' | 'flushed'> & { readonly received: number }

/**
 * Version 1 of a block, big-endian: u8 version · u8 0 · u16 number of sources · u32 CRC-32 of all that follows · u32 number of
 * messages · per source u32 length, UTF-8 · per message u16 index of its source, u48 receive time (ms), u32 length, u16 length
 * of the cursor, payload, cursor (UTF-8).
 */
function readBlock(block: Buffer, sourceOf: SourceOf): Message[] {
  if (block[0] !== 1)
    throw new Unusable(`it holds blocks of format ${block[0] ?? 'none'}, which this version cannot read`)
  if (block.length < 12 || crc32(block.subarray(8)) !== block.readUInt32BE(4))
    throw new Unusable('it is damaged: the checksum of a block does not fit its content')
  const sources: SourceInfo[] = []
  let at = 12
  for (let left = block.readUInt16BE(2); left > 0; left--) {
    const end = at + 4 + block.readUInt32BE(at)
    sources.push(sourceOf(block.toString('utf8', at + 4, end)))
    at = end
  }
  const messages: Message[] = []
  for (let left = block.readUInt32BE(8); left > 0; left--) {
    const source = sources[block.readUInt16BE(at)]
    if (!source) throw new Unusable('it is damaged: a message names no source')
    const receivedAt = block.readUIntBE(at + 2, 6)
    const from = at + 14
    const to = from + block.readUInt32BE(at + 8)
    at = to + block.readUInt16BE(at + 12)
    const cursor = at === to ? {} : { cursor: block.toString('utf8', to, at) }
    messages.push({ source, data: block.subarray(from, to), receivedAt, ...cursor })
  }
  return messages
}

async function convert(folder: string): Promise<void> {
  const database = open<Buffer, string | number>({ path: folder, encoding: 'binary', noSubdir: false, maxReaders: 16 })
  const bytes = database.getBinary(TALLY)
  const sums = bytes && (JSON.parse(bytes.toString()) as Sums)
  if (sums && sums.version !== 1)
    throw new Unusable(`its sums have format ${sums.version}, which this version cannot read`)
  const { version, page, id, next } = readKept(folder) ?? newLane()
  const kept = { ...newLane(), ...sums, version, page, id, next, settledTo: next, flushed: next - 1, holes: [] }
  const state = new State(folder, kept, 0, createLedger())
  await state.flush()
  const log = new Log({ folder, state, segments: [], laneMaxBytes: Number.MAX_SAFE_INTEGER, sync: 'flush' })
  await log.begin()
  const sourceOf = sourceFinder('', [])
  let livedAt = performance.now()
  let messages = 0
  for (const key of [...database.getKeys({ start: 0, end: Number.MAX_SAFE_INTEGER })]) {
    const block = readBlock(database.getBinary(key) ?? Buffer.alloc(0), sourceOf)
    const [first, flushed] = [state.next, state.flushed]
    const target = Buffer.alloc(blockBytes(block))
    const how = { seed: seedOf(id), correctionMs: undefined }
    const end = writeBlock(block, { first, previous: first - 1, flushed }, how, target, 0)
    state.next += block.length
    messages += block.length
    await log.write(target.subarray(0, end), first, state.next - 1)
    if (performance.now() - livedAt > SIGN_OF_LIFE_MS) {
      livedAt = performance.now()
      process.stdout.write(' ')
    }
  }
  const held = sums
    ? sums.received - sums.settled - Object.values(sums.dropped).reduce((sum, count) => sum + count, 0)
    : 0
  if (messages !== held) throw new Unusable(`it is damaged: its sums say ${held} messages, its blocks hold ${messages}`)
  await state.flush()
}

const problem = await convert(process.argv[2] ?? '').then(
  () => undefined,
  (error: unknown) =>
    error instanceof Unusable ? error.message : `it cannot be read (${error instanceof Error ? error.message : error})`,
)
process.stdout.write(JSON.stringify({ problem: problem?.slice(0, 500) }))
