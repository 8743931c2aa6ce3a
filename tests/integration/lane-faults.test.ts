/** What a lane on disk does when its directory, its file or its disk is not as it should be. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Event } from '../../app/events.ts'
import type { Transaction } from '../../app/lane/disk/environment.ts'
import { GroupCommit } from '../../app/lane/disk/group-commit.ts'
import { SavedCounts } from '../../app/lane/disk/saved-counts.ts'
import { scan } from '../../app/lane/disk/scan.ts'
import { Store } from '../../app/lane/disk/store.ts'
import { Numbers } from '../../app/lane/numbers.ts'
import { cut } from '../../app/lane/piece.ts'
import { createLedger } from '../../app/ledger.ts'
import type { Batch, Lane, Message } from '../../app/model.ts'
import { type Bench, laneBench, readAll } from '../support/lanes.ts'
import { message, numbered, source, texts } from '../support/messages.ts'
import { until } from '../support/until.ts'

const support = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url))

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

const KILOBYTE = Buffer.alloc(1_000, 'x')

const folder = (): string => join(bench.directory, 'f')
const file = (): string => join(folder(), 'data.mdb')

/** A lane that holds messages and is closed. */
async function filled(count = 2_000): Promise<void> {
  const lane = await bench.open('disk')
  await lane.append(numbered(count))
  await lane.close()
}

describe('a lane on disk', () => {
  it('is there again after a close, with its sums, its order and sources that are configured no longer', async () => {
    const first = createLedger()
    const lane = await bench.open('disk', { ledger: first })
    first.received += 3_010
    await Promise.all([lane.append(numbered(3_000, source('a'))), lane.append(numbered(10, source('gone')))])
    for await (const batch of lane.read(new AbortController().signal)) {
      Object.assign(first, { found: 7, produced: 4, inFlight: 1, settled: batch.messages.length })
      first.refused.set('no_key', 2)
      lane.acknowledge(batch)
      break
    }
    await lane.close()

    const ledger = createLedger()
    const known = source('a')
    const again = await bench.open('disk', { ledger, sourceOf: (id) => (id === 'a' ? known : source(id)) })
    expect(ledger).toMatchObject({ received: 3_010, settled: first.settled, found: 6, produced: 4, inFlight: 0 })
    expect(ledger.refused).toEqual(new Map([['no_key', 2]]))
    expect(again.held).toMatchObject({ messages: 3_010 - first.settled, kept: 3_010 - first.settled })
    expect(again.held.oldestReceivedAt).toBe(1_700_000_000_000)
    expect(bench.events).toContainEqual(
      expect.objectContaining({ type: 'lane.restored', messages: again.held.messages }),
    )
    const rest = await readAll(again, again.held.messages)
    expect(texts(rest.filter((one) => one.source === known)).at(-1)).toBe('2999')
    expect(texts(rest.filter((one) => one.source.id === 'gone'))).toEqual(texts(numbered(10)))
    expect(again.held).toMatchObject({ messages: 0, bytes: 0 })
  })

  it('keeps the cursor and the exact bytes of a message', async () => {
    const data = Buffer.from([0, 255, 10, 13, 0])
    const lane = await bench.open('disk')
    await lane.append([{ ...message('', source('ü ✓')), data, receivedAt: 4_102_444_800_123, cursor: 'ab✓' }])
    await lane.close()
    const [read] = await readAll(await bench.open('disk'), 1)
    expect(read).toEqual({ source: source('ü ✓'), data, receivedAt: 4_102_444_800_123, cursor: 'ab✓' })
  })

  it('is whole again after it gave up messages behind some that were on their way', async () => {
    const options = { laneMaxBytes: 500_000, overload: 'drop-oldest' as const, maxInFlightBatches: 1 }
    const large = (first: number): Message[] =>
      numbered(100, source(), first).map((one) => ({ ...one, data: Buffer.from(one.data.toString().padEnd(1_000)) }))
    const ledger = createLedger()
    const lane = await bench.open('disk', { ...options, ledger })
    await lane.append(large(0))
    await lane.read(new AbortController().signal)[Symbol.asyncIterator]().next()
    for (let at = 100; at < 1_000; at += 100) await lane.append(large(at))
    const { messages } = lane.held
    await lane.close()

    const again = createLedger()
    const next = await bench.open('disk', { ...options, ledger: again })
    expect(again.dropped).toEqual(ledger.dropped)
    expect(again.received).toBe(1_000)
    expect(next.held).toMatchObject({ messages, kept: messages })
    const numbers = (await readAll(next, messages)).map(({ data }) => Number(data))
    const rest = messages - 100
    const expected = [
      ...large(0),
      ...Array.from({ length: rest / 100 }, (_, i) => large(1_000 - rest + i * 100)).flat(),
    ]
    expect(numbers).toEqual(expected.map(({ data }) => Number(data)))
    await next.close()
    expect((await bench.open('disk', options)).held.messages).toBe(0)
  })

  it('keeps what was read and not acknowledged, though what follows it was', async () => {
    const lane = await bench.open('disk')
    await lane.append(numbered(6_000))
    const reader = lane.read(new AbortController().signal)[Symbol.asyncIterator]()
    const batches = [await reader.next(), await reader.next(), await reader.next()].map(({ value }) => value as Batch)
    for (const batch of batches.slice(1)) lane.acknowledge(batch)
    expect(lane.held.messages).toBe(batches[0]?.messages.length)
    await lane.close()
    const again = await bench.open('disk')
    expect(texts(await readAll(again, 6_000))).toEqual(texts(numbered(6_000)))
  })

  it('refuses a second process, and follows one that was killed', async () => {
    const child = spawn(process.execPath, ['--no-warnings', support('lane-writer.ts'), bench.directory, '0', '2'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await expect(bench.open('disk')).rejects.toThrow(/lane of feed f in .* cannot be used: another process uses it/)
    child.kill('SIGKILL')
    await once(child, 'close')
    const lane = await bench.open('disk')
    await expect(bench.open('disk')).rejects.toThrow('another process uses it')
    await lane.close()
    await bench.open('disk')
  })

  it('refuses a directory that it cannot write to', async () => {
    const blocked = join(bench.directory, 'blocked')
    await writeFile(blocked, '')
    await expect(bench.open('disk', { directory: blocked })).rejects.toThrow(
      /cannot be written to \(ENOTDIR\); choose another LANE_DIR/,
    )
  })
})

describe('a flush that fails', () => {
  it('leaves a lane that is whole, whenever the process ends after it', async () => {
    const store = new Store(bench.directory)
    const commits: number[] = []
    const commit = async (transaction: Transaction): Promise<void> => {
      commits.push(transaction.blocks.length)
      // As LMDB does it: what was not flushed stays, and can be seen.
      if (commits.length <= 2) await store.commit(transaction)
      if (commits.length !== 2) throw new Error('Input/output error')
    }
    const nobody = { kept: () => {}, readable: () => {}, resumed: () => {}, correctionMs: () => undefined }
    const numbers = new Numbers()
    const options = { sync: 'flush' as const, first: 1, next: 1, holes: [], numbers, ...nobody }
    let holds = 0
    const counts = new SavedCounts(createLedger(), undefined)
    const group = new GroupCommit({ ...options, store: { commit } as Store, counts, held: () => holds++ })
    void group.add(cut(numbered(5_000)), true)
    await until(() => holds === 2, { what: 'a second try' })
    expect(commits).toEqual([3, 0, expect.any(Number)])
    await store.close()
    expect(await scan(bench.directory)).toMatchObject({ messages: 0 })
    await group.close()
  })
})

describe('a damaged lane', () => {
  const damages: [string, string, () => Promise<unknown>][] = [
    [
      'with a changed byte in a message',
      'the checksum of a block',
      async () => {
        const bytes = await readFile(file())
        const at = bytes.indexOf('1234')
        expect(at).toBeGreaterThan(0)
        bytes[at] = 0x39
        await writeFile(file(), bytes)
      },
    ],
    ['cut off', 'damaged', () => truncate(file(), 12_000)],
    ['full of something else', 'damaged', () => writeFile(file(), Buffer.alloc(50_000, 'A'))],
    [
      'empty of blocks that its sums know',
      'its sums say 2000 messages, its blocks hold 0',
      () => commit([], { from: 1, to: 2 }),
    ],
    [
      'with a block of a later version',
      'blocks of format 9',
      () => commit([{ key: 2, bytes: Buffer.from([9, 0, 0, 0]) }]),
    ],
    ['with sums of a later version', 'its sums have format 9', () => commit([], undefined, '{"version":9}')],
  ]

  async function commit(
    blocks: { key: number; bytes: Buffer }[],
    forget = { from: 0, to: 0 },
    counts?: string,
  ): Promise<void> {
    const store = new Store(folder())
    const present = await store.readCounts()
    await store.commit({
      blocks,
      forget: [forget],
      counts: counts ? Buffer.from(counts) : (present ?? Buffer.alloc(0)),
    })
    await store.close()
  }

  it.each(damages)('%s is refused and left as it is', async (_, problem, damage) => {
    await filled()
    await damage()
    const before = await readFile(file())
    await expect(bench.open('disk')).rejects.toThrow(new RegExp(`lane of feed f in .* cannot be used: .*${problem}`))
    expect((await readFile(file())).equals(before)).toBe(true)
  })
})

describe('memory', () => {
  it('stays flat while 200 MB go to the disk and come back', async () => {
    await mkdir(folder())
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--no-warnings',
      // Node's memory for young objects grows with that of the machine, and is not what is looked at.
      '--max-semi-space-size=16',
      support('lane-grower.ts'),
      bench.directory,
      '200',
    ])
    const { start, most, held, read } = JSON.parse(stdout) as Record<string, number>
    expect({ held, read }).toEqual({ held: 200_000, read: 200_000 })
    expect(((most ?? 0) - (start ?? 0)) / 1e6).toBeLessThan(160)
  }, 120_000)
})

/** Runs `use` with a disk of `size` in it; says so where this user may not mount one. */
async function withSmallDisk(use: (disk: string) => Promise<void>, size = '2m'): Promise<void> {
  const disk = join(bench.directory, 'disk')
  await mkdir(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    return console.warn('not run: only root can mount a small disk')
  }
  try {
    await use(disk)
  } finally {
    execFileSync('umount', ['-l', disk])
  }
}

describe('a full disk', () => {
  it(
    'makes append wait, says so once, loses nothing and goes on when there is room',
    () =>
      withSmallDisk(async (directory) => {
        const lane = await bench.open('disk', { directory })
        const COUNT = 6_000
        const write = async (): Promise<void> => {
          for (let at = 0; at < COUNT; at += 100) {
            await lane.append(Array.from({ length: 100 }, (_, i) => message(String(at + i).padEnd(1_000))))
          }
        }
        const writing = write()
        const held = (): Event[] => bench.events.filter((event) => event.type === 'lane.held' && event.isNews)
        const resumed = (): Event[] => bench.events.filter((event) => event.type === 'lane.resumed')
        await until(() => held().length === 1, { what: 'the disk to be full' })
        expect(held()).toEqual([expect.objectContaining({ feed: 'f', detail: 'the disk is full' })])
        const waiting = lane.held.messages - lane.held.kept
        expect([waiting > 0, waiting <= 100]).toEqual([true, true])
        const seen = await readAll(lane, COUNT)
        await writing
        expect(seen.map(({ data }) => Number(data))).toEqual(Array.from({ length: COUNT }, (_, i) => i))
        expect(resumed().length).toBe(held().length)
        await lane.close()
        const again = await bench.open('disk', { directory })
        expect(again.held.messages).toBe(0)
        await again.close()
      }),
    120_000,
  )

  it(
    'takes what it had room for before, once that is forgotten, though another lane has the rest of the disk',
    () =>
      withSmallDisk(async (directory) => {
        const lane = (feed: string): Promise<Lane> => bench.open('disk', { directory, feed })
        const [greedy, small, idle] = await Promise.all([lane('greedy'), lane('small'), lane('idle')])
        const kilobytes = (count: number): Message[] => numbered(count).map((one) => ({ ...one, data: KILOBYTE }))
        await small.append(kilobytes(300))
        await readAll(small, 300)
        const isFull = (): boolean =>
          bench.events.some((event) => event.type === 'lane.held' && event.feed === 'greedy')
        while (!isFull()) await Promise.race([greedy.append(kilobytes(100)), until(isFull, { what: 'no room' })])
        for (let round = 0; round < 3; round++) {
          const [seen] = await Promise.all([readAll(small, 300), small.append(kilobytes(300))])
          expect(seen).toHaveLength(300)
        }
        await idle.append(kilobytes(1))
        expect(idle.held.kept).toBe(1)
      }, '6m'),
    60_000,
  )

  it(
    'ends no process, though two lanes fill it again and again, and so does somebody else',
    () =>
      withSmallDisk(async (directory) => {
        const crammer = [support('lane-crammer.ts'), directory, '12']
        const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', ...crammer])
        const lanes = JSON.parse(stdout) as { handed: number; kept: number; read: number; details: string[] }[]
        expect(lanes).toHaveLength(2)
        for (const { handed, kept, read, details } of lanes) {
          expect(handed).toBeGreaterThan(10_000)
          expect({ kept, read, details }).toEqual({ kept: handed, read: handed, details: ['the disk is full'] })
        }
        // LMDB's own words: it met the full disk after all.
        expect(stderr).not.toContain('Write error')
      }, '6m'),
    180_000,
  )

  it('is refused by a new lane', () =>
    withSmallDisk(async (directory) => {
      await writeFile(join(directory, 'other'), Buffer.alloc(4 * 1024 * 1024)).catch(() => {})
      await expect(bench.open('disk', { directory })).rejects.toThrow(/cannot be written to \(ENOSPC\); make room/)
    }))
})
