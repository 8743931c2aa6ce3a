/** A lane of version 0.1 is taken up, and that version is kept from one of this version unless it is empty. */
import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { open } from 'lmdb'
import { createLedger } from '../../app/ledger.ts'
import { type Bench, laneBench, readAll } from '../support/lanes.ts'
import { message, numbered, source, texts } from '../support/messages.ts'
import { makeOldLane } from '../support/old-lane.ts'

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

const file = (name: string): string => join(bench.directory, 'f', name)
const OLD = 'data.mdb'

describe('a lane of version 0.1', () => {
  const blocks = [numbered(3, source('a')), [...numbered(2, source('ü'), 3), { ...message('5'), cursor: 'c✓' }]]

  it('is converted once, with its order, its sums and what belongs to a message', async () => {
    await makeOldLane(bench.directory, blocks, 4)
    const ledger = createLedger()
    const lane = await bench.open('disk', { ledger })
    expect(lane.held).toMatchObject({ messages: 6, kept: 6, oldestReceivedAt: 1_700_000_000_000 })
    expect(ledger).toMatchObject({ received: 10, settled: 4, found: 7, produced: 6, ignored: 1 })
    expect(ledger.refused).toEqual(new Map([['no_key', 2]]))
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'lane.restored', messages: 6, bytes: 6 }))
    await lane.append(numbered(1, source('a'), 6))
    await lane.close()
    const again = await bench.open('disk')
    expect(await readAll(again, 7)).toEqual([...blocks.flat(), ...numbered(1, source('a'), 6)])
    expect((await readdir(join(bench.directory, 'f'))).filter((name) => /^(lock.mdb|converting)$/.test(name))).toEqual(
      [],
    )
  })

  it('is converted anew when that was cut short, whenever it was', async () => {
    await makeOldLane(bench.directory, blocks, 4)
    await copyFile(file(OLD), join(bench.directory, 'copy'))
    await (await bench.open('disk')).close()
    // As it is before the last step: all is there, and so is the old file.
    await copyFile(join(bench.directory, 'copy'), file(OLD))
    await writeFile(file('converting'), '')
    const ledger = createLedger()
    const lane = await bench.open('disk', { ledger })
    expect(ledger).toMatchObject({ received: 10, settled: 4 })
    expect(texts(await readAll(lane, 6))).toEqual(texts(blocks.flat()))
  })

  it('is not mixed with one that is there', async () => {
    await makeOldLane(bench.directory, blocks)
    await copyFile(file(OLD), join(bench.directory, 'copy'))
    await (await bench.open('disk')).close()
    await copyFile(join(bench.directory, 'copy'), file(OLD))
    await expect(bench.open('disk')).rejects.toThrow('it holds two lanes, one of them in data.mdb')
  })

  it('is taken up after one of this version that is empty, whose numbers are not used again', async () => {
    const lane = await bench.open('disk')
    await lane.append(numbered(10))
    await readAll(lane, 10)
    await lane.close()
    await makeOldLane(bench.directory, blocks)
    expect(texts(await readAll(await bench.open('disk'), 6))).toEqual(texts(blocks.flat()))
  })

  const damages: [string, string, () => Promise<unknown>][] = [
    ['with a block that is none', 'checksum of a block', () => put(5, Buffer.from('\x01damage, no block'))],
    ['without a block', 'its sums say 6 messages, its blocks hold 3', () => put(5, undefined)],
    ['with a block of a later version', 'blocks of format 9', () => put(6, Buffer.from([9, 0, 0, 0]))],
    ['cut off', 'damaged|cannot be read', () => truncate(file(OLD), 9_000)],
    ['full of something else', 'damaged|cannot be read', () => writeFile(file(OLD), Buffer.alloc(50_000, 'A'))],
    [
      'in the place of which a pipe is',
      'is no file',
      async () => execFileSync('sh', ['-c', 'rm "$1"; mkfifo "$1"', 'sh', file(OLD)]),
    ],
  ]

  async function put(key: number, bytes: Buffer | undefined): Promise<void> {
    const database = open<Buffer, number>({ path: join(bench.directory, 'f'), encoding: 'binary', noSubdir: false })
    await (bytes ? database.put(key, bytes) : database.remove(key))
    await database.flushed
    await database.close()
  }

  it.each(damages)('%s is refused and left as it is', async (_, problem, damage) => {
    await makeOldLane(bench.directory, blocks)
    await damage()
    const before = problem.includes('no file') ? undefined : await readFile(file(OLD))
    await expect(bench.open('disk')).rejects.toThrow(new RegExp(`lane of feed f in .* cannot be used: .*(${problem})`))
    if (before) expect((await readFile(file(OLD))).equals(before)).toBe(true)
  })
})

describe('version 0.1', () => {
  /** As it looks at the sums of a lane; undefined where it would begin a new one. */
  async function sums(): Promise<string | undefined> {
    if (!(await readdir(join(bench.directory, 'f'))).includes(OLD)) return undefined
    const path = join(bench.directory, 'looked-at')
    await mkdir(path, { recursive: true })
    await copyFile(file(OLD), join(path, OLD))
    const database = open<Buffer, string>({ path, encoding: 'binary', noSubdir: false })
    const bytes = database.getBinary('tally')
    await database.close()
    return bytes?.toString()
  }

  it('finds sums of a later format, unless the lane was empty at its end', async () => {
    const lane = await bench.open('disk')
    expect(await sums()).toBe('{"version":2}')
    await lane.append(numbered(3))
    await lane.close()
    expect(await sums()).toBe('{"version":2}')
    const again = await bench.open('disk')
    await readAll(again, 3)
    expect(await sums()).toBe('{"version":2}')
    await again.close()
    expect(await sums()).toBeUndefined()
    await bench.open('disk')
    expect(await sums()).toBe('{"version":2}')
  })
})
