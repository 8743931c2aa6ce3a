/** Group commit: one transaction for all that came meanwhile, in order, tried until it is kept. */
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Transaction } from '../../../../app/lane/disk/environment.ts'
import { GroupCommit } from '../../../../app/lane/disk/group-commit.ts'
import type { Block } from '../../../../app/lane/disk/pack.ts'
import { readBlock } from '../../../../app/lane/disk/read-block.ts'
import { readSavedCounts, SavedCounts } from '../../../../app/lane/disk/saved-counts.ts'
import type { Store } from '../../../../app/lane/disk/store.ts'
import { Numbers } from '../../../../app/lane/numbers.ts'
import { cut } from '../../../../app/lane/piece.ts'
import { createLedger } from '../../../../app/ledger.ts'
import type { Message } from '../../../../app/model.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message, numbered, source, texts } from '../../../support/messages.ts'
import { until } from '../../../support/until.ts'

/** A commit under way: what it would write, and how it ends. */
interface Commit {
  readonly keys: readonly number[]
  readonly texts: readonly string[]
  readonly forget: Transaction['forget']
  readonly received: number
  readonly spokenFor: number | undefined
  readonly settled: number
  readonly holes: Transaction['forget']
  readonly succeed: () => void
  readonly fail: (why?: string) => void
}

/** A store whose commits end when the test says so. */
function manualStore(): { store: Pick<Store, 'commit'>; commits: Commit[] } {
  const commits: Commit[] = []
  const commit = ({ blocks, forget, counts }: Transaction): Promise<void> =>
    new Promise((succeed, reject) => {
      const read = { sourceOf: sourcesById(), isEarlier: true }
      const messages = blocks.flatMap(({ key, bytes }) => readBlock(Buffer.from(bytes), key, read).messages)
      const { received, settled, holes, numbers } = readSavedCounts(counts)
      const keys = blocks.map(({ key }) => key)
      commits.push({
        keys,
        texts: texts(messages),
        forget,
        received,
        spokenFor: numbers?.to,
        settled,
        holes,
        succeed,
        fail: (why = 'full') => reject(Object.assign(new Error(why), why === 'full' ? { code: 'ENOSPC' } : {})),
      })
    })
  return { store: { commit }, commits }
}

describe('a group commit', () => {
  let commits: Commit[]
  let kept: Block[]
  let said: string[]
  let counts: SavedCounts
  let numbers: Numbers
  let group: GroupCommit

  beforeEach(() => {
    const manual = manualStore()
    commits = manual.commits
    kept = []
    said = []
    numbers = new Numbers()
    counts = new SavedCounts(createLedger(), undefined)
    group = new GroupCommit({ ...options(), store: manual.store as Store })
  })

  const options = () => ({
    counts,
    sync: 'flush' as const,
    first: 5,
    next: 5,
    holes: [],
    numbers,
    correctionMs: () => undefined,
    kept: (block: Block) => kept.push(block),
    readable: () => said.push('readable'),
    held: (detail: string, isNews: boolean) => said.push(`${detail}${isNews ? '' : ' still'}`),
    resumed: () => said.push('resumed'),
  })

  const add = (messages: readonly Message[]): Promise<void> => {
    const pieces = cut(messages)
    numbers.give(pieces)
    return group.add(pieces, true)
  }
  const commitNumber = async (n: number): Promise<Commit> => {
    await until(() => commits.length >= n, { what: `commit ${n}` })
    return commits[n - 1] as Commit
  }

  it('takes along what arrives in one turn, and then all that arrives while a commit runs', async () => {
    const [a, b] = [source('a'), source('b')]
    const first = Promise.all([add(numbered(2, a)), add(numbered(2, b, 10))])
    const one = await commitNumber(1)
    expect(one).toMatchObject({ keys: [5], texts: ['0', '1', '10', '11'], received: 4 })
    const second = Promise.all([add(numbered(1, a, 2)), add(numbered(1, b, 12)), add(numbered(1, a, 3))])
    await new Promise((resolve) => setImmediate(resolve))
    expect(commits).toHaveLength(1)
    one.succeed()
    await first
    const two = await commitNumber(2)
    expect(two).toMatchObject({ keys: [6], texts: ['2', '12', '3'], received: 7 })
    two.succeed()
    await second
    expect(kept.map(({ key, messages }) => [key, messages.length])).toEqual([
      [5, 4],
      [6, 3],
    ])
  })

  it('writes with each commit that numbers are spoken for, and calls them safe when it is kept', async () => {
    const isSafe = (): boolean => numbers.give(cut(numbered(1)))
    const adding = add(numbered(3))
    const first = await commitNumber(1)
    expect([isSafe(), first.spokenFor]).toEqual([false, 4 + 2 ** 28])
    first.fail('it broke')
    const second = await commitNumber(2)
    expect([isSafe(), second.spokenFor]).toEqual([false, 5 + 2 ** 28])
    second.succeed()
    const third = await commitNumber(3)
    expect([isSafe(), third.spokenFor]).toEqual([true, 6 + 2 ** 28])
    third.succeed()
    await adding
  })

  it('answers nobody before the commit is kept', async () => {
    let answered = false
    const adding = add(numbered(1)).then(() => {
      answered = true
    })
    const commit = await commitNumber(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect({ answered, kept }).toEqual({ answered: false, kept: [] })
    commit.succeed()
    await adding
  })

  it('writes blocks no larger than a batch, in order', async () => {
    const adding = add(numbered(4_500))
    const commit = await commitNumber(1)
    expect(commit.keys).toEqual([5, 6, 7])
    expect(commit.texts).toEqual(texts(numbered(4_500)))
    commit.succeed()
    await adding
  })

  it('tries again until the disk takes it, says so once for each reason, and takes back what may be there all the same', async () => {
    const adding = add(numbered(3))
    ;(await commitNumber(1)).fail('it broke')
    const room = await commitNumber(2)
    expect(room).toMatchObject({ keys: [], received: 0, forget: [{ from: 5, to: 6 }] })
    room.fail()
    ;(await commitNumber(3)).fail('it broke')
    ;(await commitNumber(4)).succeed()
    ;(await commitNumber(5)).fail('otherwise')
    ;(await commitNumber(6)).fail()
    const again = await commitNumber(7)
    expect(again).toMatchObject({ keys: [5], texts: ['0', '1', '2'], received: 3, forget: [] })
    again.succeed()
    await adding
    expect(said).toEqual(['it broke', 'it broke still', 'otherwise', 'resumed'])
    expect(kept).toHaveLength(1)
  })

  it('writes what does not fit as a whole in small blocks, as many at a time as fit, be it one message', async () => {
    const messages = [...numbered(64), ...numbered(1, source(), 64)].map((one, i) => ({
      ...one,
      data: Buffer.from(one.data.toString().padEnd(i === 64 ? 40_000 : 1_000)),
    }))
    const adding = add(messages)
    const whole = await commitNumber(1)
    expect(whole.keys).toEqual([5])
    whole.fail()
    ;(await commitNumber(2)).succeed()
    const small = await commitNumber(3)
    expect(small.keys).toEqual([5, 6, 7, 8, 9])
    small.fail()
    const half = await commitNumber(4)
    expect({ keys: half.keys, count: half.texts.length }).toEqual({ keys: [5, 6, 7], count: 48 })
    expect(half.forget).toEqual([{ from: 8, to: 10 }])
    half.succeed()
    const rest = await commitNumber(5)
    expect({ keys: rest.keys, last: Number(rest.texts.at(-1)) }).toEqual({ keys: [8, 9], last: 64 })
    rest.succeed()
    await adding
    expect({ said, kept: kept.length }).toEqual({ said: [], kept: 5 })
  })

  it('writes nothing but the sums, and those late, of what is read and settled soon', async () => {
    const [a, b] = [source('a'), source('b')]
    const passing = [add(numbered(2, a)), add(numbered(1, b))]
    expect(group.isReadable).toBe(true)
    const read = group.read()
    expect(read.map(({ messages }) => messages)).toEqual([2, 1])
    expect(group.isReadable).toBe(false)
    expect(group.settle(read)).toBe(3)
    counts.bypass(3)
    group.noteSums()
    await Promise.all(passing)
    expect(await commitNumber(1)).toMatchObject({ keys: [], received: 3, settled: 3 })
  })

  it('lets nobody read past what is being written and was not read', async () => {
    const [a, b] = [source('a'), source('b')]
    const unread = add(numbered(1, a))
    const first = await commitNumber(1)
    const later = add(numbered(1, b))
    expect(group.isReadable).toBe(false)
    expect(group.read()).toEqual([])
    first.succeed()
    await unread
    expect(group.isReadable).toBe(true)
    const read = group.read()
    const second = await commitNumber(2)
    expect(second).toMatchObject({ keys: [6], received: 2, settled: 0 })
    expect(group.settle(read)).toBe(0)
    second.succeed()
    await later
    expect(kept.map(({ reader }) => reader)).toEqual([undefined, undefined])
  })

  it('forgets with the next commit, or soon without one, each key once', async () => {
    const adding = add(numbered(1))
    ;(await commitNumber(1)).succeed()
    await adding
    counts.settle(1)
    group.forget(6)
    const alone = await commitNumber(2)
    expect(alone).toMatchObject({ keys: [], forget: [{ from: 5, to: 6 }], received: 1, settled: 1 })
    group.forget(8)
    const more = add(numbered(1))
    alone.succeed()
    const together = await commitNumber(3)
    expect(together).toMatchObject({ keys: [6], forget: [{ from: 6, to: 8 }] })
    together.succeed()
    await more
  })

  it('leaves what is not due alone when something else is written', async () => {
    jest.useFakeTimers()
    try {
      group.forget(7)
      await jest.advanceTimersByTimeAsync(99)
      void add(numbered(1))
      await jest.advanceTimersByTimeAsync(5)
      expect(commits.map(({ keys }) => keys)).toEqual([[]])
      commits[0]?.succeed()
      await jest.advanceTimersByTimeAsync(20)
      expect(commits.map(({ keys }) => keys)).toEqual([[], [5]])
    } finally {
      jest.useRealTimers()
    }
  })

  it('writes the sums again that a failed commit did not', async () => {
    counts.bypass(1)
    group.noteSums()
    ;(await commitNumber(1)).fail('it broke')
    const closing = group.close()
    const last = await commitNumber(2)
    last.succeed()
    await closing
    expect(last).toMatchObject({ keys: [], received: 1, settled: 1 })
  })

  it('begins nothing more once it is closed, however much waits for a disk that fails', async () => {
    let begun = 0
    const commit = async (): Promise<void> => {
      begun++
      throw new Error('it broke')
    }
    const failing = new GroupCommit({ ...options(), store: { commit } })
    for (let i = 0; i < 4; i++) void failing.add(cut([message('x'.repeat(5_000_000))]), true)
    await until(() => begun > 0, { what: 'a commit' })
    await failing.close()
    const before = begun
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(begun).toBe(before)
  })

  it('gives up blocks behind others that stay, and writes where until those are gone, too', async () => {
    for (const key of [7, 8, 10]) group.giveUp(key)
    const gone = await commitNumber(1)
    expect(gone.forget).toEqual([7, 8, 10].map((key) => ({ from: key, to: key + 1 })))
    expect(gone.holes).toEqual([
      { from: 7, to: 9 },
      { from: 10, to: 11 },
    ])
    gone.succeed()
    group.forget(9)
    const next = await commitNumber(2)
    expect(next).toMatchObject({ forget: [{ from: 5, to: 9 }], holes: [{ from: 10, to: 11 }] })
    next.succeed()
  })

  it('writes what is waiting when it is closed, and gives up on a disk that does not take it', async () => {
    group.forget(7)
    const closing = group.close()
    const last = await commitNumber(1)
    expect(last.forget).toEqual([{ from: 5, to: 7 }])
    last.fail()
    await closing
    jest.useFakeTimers()
    try {
      group.forget(9)
      void add(numbered(1))
      await jest.advanceTimersByTimeAsync(60_000)
    } finally {
      jest.useRealTimers()
    }
    expect(commits).toHaveLength(1)
  })
})
