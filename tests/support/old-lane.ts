/** A lane as version 0.1 left it. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { open } from 'lmdb'
import type { Message } from '../../app/model.ts'

const DOCUMENTS = { found: 7, produced: 6, ignored: 1, deadLettered: {}, refused: { no_key: 2 }, expired: {} }

/** Makes one of feed `f` in `directory` with these blocks, after `settled` messages that are gone. */
export async function makeOldLane(
  directory: string,
  blocks: readonly (readonly Message[])[],
  settled = 0,
): Promise<void> {
  const path = join(directory, 'f')
  await mkdir(path, { recursive: true })
  const database = open<Buffer, string | number>({ path, encoding: 'binary', noSubdir: false })
  for (const [i, block] of blocks.entries()) await database.put(5 + i, bytesOf(block))
  const received = settled + blocks.flat().length
  const sums = { version: 1, next: 5 + blocks.length, holes: [], received, settled, dropped: {}, ...DOCUMENTS }
  await database.put('tally', Buffer.from(JSON.stringify(sums)))
  await database.flushed
  await database.close()
}

/** Version 1 of a block. */
function bytesOf(messages: readonly Message[]): Buffer {
  const sources = [...new Set(messages.map(({ source }) => source.id))]
  const u16 = (...numbers: number[]): Buffer => Buffer.from(numbers.flatMap((n) => [n >>> 8, n & 0xff]))
  const u32 = (n: number): Buffer => u16(n >>> 16, n & 0xffff)
  const body = Buffer.concat([
    u32(messages.length),
    ...sources.flatMap((id) => [u32(Buffer.byteLength(id)), Buffer.from(id)]),
    ...messages.flatMap(({ source, data, receivedAt, cursor = '' }) => [
      u16(sources.indexOf(source.id), Math.floor(receivedAt / 2 ** 32)),
      u32(receivedAt >>> 0),
      u32(data.length),
      u16(Buffer.byteLength(cursor)),
      data,
      Buffer.from(cursor),
    ]),
  ])
  return Buffer.concat([Buffer.from([1, 0]), u16(sources.length), u32(crc32(body)), body])
}
