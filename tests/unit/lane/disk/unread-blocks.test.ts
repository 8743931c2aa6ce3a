/** What waits to be read: in order, whether it is in memory or only on the disk. */
import { describe, expect, it } from '@jest/globals'
import { blockBytes, writeBlock } from '../../../../app/lane/disk/block.ts'
import { EMPTY_SCAN } from '../../../../app/lane/disk/inspect.ts'
import type { Block } from '../../../../app/lane/disk/pack.ts'
import type { Scan } from '../../../../app/lane/disk/scan.ts'
import { UnreadBlocks } from '../../../../app/lane/disk/unread-blocks.ts'
import { cut } from '../../../../app/lane/piece.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message } from '../../../support/messages.ts'

const MIB = 1024 * 1024

/** A backlog over a disk that remembers what was read there. */
function bench(found: Partial<Scan> = {}) {
  const disk = new Map<number, Buffer>()
  const read: number[] = []
  const store = {
    read: async (key: number) => {
      read.push(key)
      return disk.get(key)
    },
  }
  const backlog = new UnreadBlocks(store, sourcesById(), { ...EMPTY_SCAN, ...found })
  const store1 = (key: number): Block => {
    const messages = [{ ...message(String(key).padEnd(MIB)), receivedAt: key }]
    const bytes = Buffer.alloc(blockBytes(messages))
    disk.set(key, bytes.subarray(0, writeBlock({ first: key, messages }, undefined, bytes, 0)))
    return { key, first: key, pieces: cut(messages), reader: undefined, messages, bytes: MIB }
  }
  const take = async (): Promise<number> => {
    const block = await backlog.peek()
    expect((await backlog.peek())?.key).toBe(block?.key)
    backlog.take()
    expect(Number(block?.messages[0]?.data)).toBe(block?.key)
    return block?.key ?? 0
  }
  return { backlog, read, keep: (key: number) => store1(key), push: (key: number) => backlog.push(store1(key)), take }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('a backlog', () => {
  it('reads nothing from the disk as long as there is room in memory', async () => {
    const { backlog, push, read, take } = bench()
    for (const key of range(1, 101)) {
      push(key)
      expect(await take()).toBe(key)
    }
    expect({ read, isEmpty: backlog.isEmpty }).toEqual({ read: [], isEmpty: true })
  })

  it('keeps the order when some of it is on the disk only and more arrives', async () => {
    const { backlog, push, read, take } = bench()
    for (const key of range(1, 31)) push(key)
    const taken = [await take(), await take()]
    for (const key of range(31, 41)) push(key)
    while (!backlog.isEmpty) taken.push(await take())
    expect(taken).toEqual(range(1, 41))
    expect(read[0]).toBeGreaterThan(10)
    expect(read).toEqual(range(read[0] ?? 0, 41))
    push(41)
    expect(await take()).toBe(41)
    expect(read.at(-1)).toBe(40)
  })

  it('begins with what is on the disk and passes over holes', async () => {
    const holes = [
      { from: 3, to: 5 },
      { from: 7, to: 9 },
    ]
    const counts = { holes } as unknown as Scan['counts']
    const { backlog, keep, push, take } = bench({ first: 2, next: 9, oldestReceivedAt: 2, counts })
    for (const key of [2, 5, 6]) keep(key)
    expect(backlog.oldestReceivedAt).toBe(2)
    const taken = [await take()]
    push(9)
    while (!backlog.isEmpty) taken.push(await take())
    expect(taken).toEqual([2, 5, 6, 9])
    expect(backlog.oldestReceivedAt).toBe(0)
  })
})
