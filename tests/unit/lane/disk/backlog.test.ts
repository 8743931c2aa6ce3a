/** What waits to be read: in order, whether it is in memory or only on the disk. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Backlog } from '../../../../app/lane/disk/backlog.ts'
import { Log } from '../../../../app/lane/disk/log.ts'
import { makeSafe, type Part, sharesOf } from '../../../../app/lane/disk/part.ts'
import { newLane, State } from '../../../../app/lane/disk/state.ts'
import { Writer } from '../../../../app/lane/disk/writer.ts'
import { createLedger } from '../../../../app/ledger.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message } from '../../../support/messages.ts'
import { until } from '../../../support/until.ts'

const MIB = 1024 * 1024
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('a backlog', () => {
  let folder: string
  let state: State
  let log: Log
  let writer: Writer
  let backlog: Backlog
  let written: number[]
  /** How often a segment was read. */
  let reads: number
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backlog-'))
    state = new State(folder, newLane(), 0, createLedger())
    log = new Log({ folder, state, segments: [], laneMaxBytes: 1024 * MIB, sync: 'flush' })
    await log.begin()
    written = []
    reads = 0
    const seen = {
      get segments() {
        reads++
        return log.segments
      },
      get wroteAt() {
        return log.wroteAt
      },
    }
    backlog = new Backlog({
      log: seen,
      state,
      sourceOf: sourcesById(),
      found: { messages: 0, oldestReceivedAt: 0, last: 0 },
    })
    writer = new Writer({
      log,
      state,
      presence: { look: async () => true, problem: undefined },
      last: 0,
      correctionMs: () => undefined,
      written: (part) => {
        written.push(part.first)
        backlog.written(part)
      },
      held: () => {},
      resumed: () => {},
    })
  })
  afterEach(async () => {
    await writer.close()
    await log.close()
    await state.close()
    await rm(folder, { recursive: true })
  })

  const part = (number: number, bytes = MIB, after?: Part['after']): Part => {
    const messages = [{ ...message(String(number).padEnd(bytes)), receivedAt: number }]
    const where = { isTaken: false, isWritten: false, isSettled: false, dueAt: 0, after }
    const safety = { isSafe: false, told: () => {} }
    return { first: number, last: number, messages, bytes, shares: sharesOf(messages), safety, ...where }
  }
  const keep = async (...numbers: number[]): Promise<void> => {
    for (const number of numbers) {
      const one = part(number)
      writer.add([one], false)
      backlog.push(one)
    }
    await until(() => written.includes(numbers.at(-1) ?? 0), { what: 'them to be written' })
  }
  const take = async (): Promise<number> => {
    const next = await backlog.peek()
    expect(await backlog.peek()).toBe(next)
    backlog.take()
    expect(Number(next?.messages[0]?.data)).toBe(next?.first)
    return next?.first ?? 0
  }
  const takeAll = async (): Promise<number[]> => {
    const taken: number[] = []
    while (!backlog.isEmpty) taken.push(await take())
    return taken
  }

  it('reads nothing from the disk as long as there is room in memory', async () => {
    for (const number of range(1, 41)) {
      await keep(number)
      expect(await take()).toBe(number)
    }
    expect({ reads, isEmpty: backlog.isEmpty }).toEqual({ reads: 0, isEmpty: true })
  })

  it('keeps the order when some of it is on the disk only and more arrives', async () => {
    await keep(...range(1, 31))
    const taken = [await take(), await take()]
    await keep(...range(31, 41))
    expect(backlog.oldestReceivedAt).toBe(3)
    expect(reads).toBe(0)
    taken.push(...(await takeAll()))
    expect(taken).toEqual(range(1, 41))
    expect(reads).toBeGreaterThan(0)
    expect(backlog.oldestReceivedAt).toBe(0)
    const before = reads
    await keep(41)
    expect(await take()).toBe(41)
    expect(reads).toBe(before)
    await keep(...range(42, 80))
    expect(await takeAll()).toEqual(range(42, 80))
  })

  it('hands on what was not written after what was, though that is on the disk only', async () => {
    await keep(...range(1, 31))
    const late = range(31, 34).map((number) => part(number))
    for (const one of late) backlog.push(one)
    expect(await takeAll()).toEqual(range(1, 34))
  })

  it('is not to be read while what was appended before in one go is not safe', async () => {
    const first = part(1)
    for (const one of [first, part(2, 10, first.safety)]) backlog.push(one)
    expect((await backlog.takeBatch()).map((one) => one.first)).toEqual([1])
    expect({ isReadable: backlog.isReadable, isEmpty: backlog.isEmpty }).toEqual({ isReadable: false, isEmpty: false })
    makeSafe(first)
    expect(backlog.isReadable).toBe(true)
    expect((await backlog.takeBatch()).map((one) => one.first)).toEqual([2])
  })
})
