/** One write for all that came meanwhile, in order, tried until the disk takes it, and none for what is settled before. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { HEADER_BYTES, readBody, readHeader } from '../../../../app/lane/disk/block.ts'
import type { Part } from '../../../../app/lane/disk/part.ts'
import { seedOf } from '../../../../app/lane/disk/reader.ts'
import { newLane, State } from '../../../../app/lane/disk/state.ts'
import { Writer } from '../../../../app/lane/disk/writer.ts'
import { createLedger } from '../../../../app/ledger.ts'
import { sourcesById } from '../../../support/lanes.ts'
import { message, texts } from '../../../support/messages.ts'
import { until } from '../../../support/until.ts'

/** A write under way: what it would keep, and how it ends. */
interface Write {
  /** First number, texts, number before; per block. */
  readonly blocks: readonly (readonly [first: number, texts: string, previous: number])[]
  readonly succeed: () => void
  readonly fail: (why?: string) => void
}

const LARGE = 20_000

describe('a writer', () => {
  let folder: string
  let state: State
  let writes: Write[]
  let forgotten: number
  let isEmpty: boolean
  let said: string[]
  let problem: string | undefined
  let writer: Writer
  let next: number
  /** From then on each write succeeds at once. */
  let isOver: boolean

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writer-'))
    state = new State(folder, newLane(), 0, createLedger())
    writes = []
    said = []
    ;[forgotten, next, isEmpty, problem, isOver] = [0, 5, false, undefined, false]
    const log = {
      write: (bytes: Buffer) =>
        new Promise<void>((succeed, reject) => {
          const fail = (why = 'full'): void =>
            reject(Object.assign(new Error(why), why === 'full' ? { code: 'ENOSPC' } : {}))
          writes.push({ blocks: blocksIn(Buffer.from(bytes)), succeed, fail })
          if (isOver) succeed()
        }),
      forget: async () => {
        forgotten++
      },
      get isEmpty() {
        return isEmpty
      },
    }
    const presence = {
      look: async () => problem === undefined,
      get problem() {
        return problem
      },
    }
    writer = new Writer({
      log,
      state,
      presence,
      last: 4,
      correctionMs: () => undefined,
      written: (part) => said.push(`written ${part.first}`),
      held: (detail, isNews) => said.push(`${detail}${isNews ? '' : ' still'}`),
      resumed: () => said.push('resumed'),
    })
  })
  afterEach(async () => {
    isOver = true
    for (const write of writes) write.succeed()
    await writer.close()
    await state.close()
    await rm(folder, { recursive: true })
  })

  function blocksIn(bytes: Buffer): Write['blocks'] {
    const blocks: [number, string, number][] = []
    for (let at = 0; at < bytes.length; ) {
      const header = readHeader(bytes, at, seedOf(state.id))
      if (!header) throw new Error('no block')
      const end = at + HEADER_BYTES + header.bodyBytes
      const messages = readBody(bytes.subarray(at + HEADER_BYTES, end), sourcesById(), false)
      blocks.push([
        header.first,
        texts(messages)
          .map((text) => text.trim())
          .join(),
        header.previous,
      ])
      at = end
    }
    return blocks
  }

  const part = (...all: readonly string[]): Part => {
    const messages = all.map((text) => message(text))
    const first = next
    next += all.length
    const bytes = messages.reduce((sum, { data }) => sum + data.length, 0)
    const safety = { isSafe: false, told: () => said.push(`safe ${first}`) }
    const where = { isTaken: false, isWritten: false, isSettled: false, dueAt: 0, after: undefined }
    return { first, last: next - 1, messages, bytes, shares: [], safety, ...where }
  }
  const add = (one: Part, mayPass = true): Part => {
    writer.add([one], mayPass)
    return one
  }
  const settle = (one: Part): void => {
    one.isSettled = true
    writer.settled(one)
  }
  const write = async (n: number): Promise<Write> => {
    await until(() => writes.length >= n, { what: `write ${n}` })
    return writes[n - 1] as Write
  }
  const large = (text: string): string => text.padEnd(LARGE)

  it('takes along what arrives in one turn, and then all that arrives during a write; each is safe after it', async () => {
    add(part(large('a'), 'b'))
    add(part('c'))
    const one = await write(1)
    expect(one.blocks).toEqual([[5, 'a,b,c', 4]])
    add(part(large('d')))
    add(part('e'))
    await new Promise((resolve) => setImmediate(resolve))
    expect({ writes: writes.length, said }).toEqual({ writes: 1, said: [] })
    one.succeed()
    const two = await write(2)
    expect(two.blocks).toEqual([[8, 'd,e', 7]])
    expect(said).toEqual(['safe 5', 'written 5', 'safe 7', 'written 7'])
    two.succeed()
  })

  it('ends a block at the limits of a batch, and where numbers were not written', async () => {
    const many = part(...Array.from({ length: 1_500 }, (_, i) => String(i)))
    const others = [part(...many.messages.map(() => 'x')), part('passed'), part(large('z'))]
    for (const one of [many, ...others]) add(one)
    if (others[1]) settle(others[1])
    const { blocks, succeed } = await write(1)
    expect(blocks.map(([first, , previous]) => [first, previous])).toEqual([
      [5, 4],
      [1_505, 1_504],
      [3_006, 3_004],
    ])
    succeed()
  })

  it('writes nothing of what is settled soon, be it empty', async () => {
    const [empty, other, late] = [part(''), part(''), part('late')]
    for (const one of [empty, other, late]) add(one)
    settle(empty)
    settle(late)
    const { blocks, succeed } = await write(1)
    expect(blocks).toEqual([[6, '', 4]])
    succeed()
    await until(() => said.length > 0, { what: 'it to be safe' })
    for (let i = 0; i < 50; i++) {
      settle(add(part('x')))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect({ writes: writes.length, said }).toEqual({ writes: 1, said: ['safe 6', 'written 6'] })
  })

  it('tries again until the disk takes it, and says so once for each reason', async () => {
    const [one, other] = [add(part(large('a'))), add(part(large('b')))]
    ;(await write(1)).fail('it broke')
    await until(() => said.length === 1, { what: 'it to be held' })
    expect([one.isTaken, other.isTaken]).toEqual([false, false])
    settle(one)
    ;(await write(2)).fail('it broke')
    ;(await write(3)).fail('otherwise')
    const again = await write(4)
    expect(again.blocks).toEqual([[6, 'b', 4]])
    again.succeed()
    await until(() => said.includes('written 6'), { what: 'it to be written' })
    expect(said).toEqual(['it broke', 'it broke still', 'otherwise', 'resumed', 'safe 6', 'written 6'])
  })

  it('writes less at once where there is little room, and tries again as soon as something is settled', async () => {
    for (let i = 0; i < 300; i++) add(part(large(`${i}`)))
    let least = Number.POSITIVE_INFINITY
    for (let n = 1; least > 1; n++) {
      const { blocks, fail } = await write(n)
      const count = blocks.map(([, all]) => all.split(',').length).reduce((sum, one) => sum + one)
      expect(count).toBeLessThan(least)
      least = count
      fail()
      await until(() => said.length === n, { what: 'it to be held' })
      writer.changed()
    }
    expect(said[0]).toBe('the disk is full')
    ;(await write(writes.length + 1)).succeed()
    await until(() => said.includes('resumed'), { what: 'it to go on' })
    const more = await write(writes.length)
    expect(more.blocks.flatMap(([, all]) => all.split(',')).length).toBeLessThan(10)
  })

  it('does not call a disk well because there is nothing to write, unless the lane has room of its own', async () => {
    const one = add(part(large('a')))
    ;(await write(1)).fail()
    await until(() => said.length === 1, { what: 'it to be held' })
    settle(one)
    writer.changed()
    await until(() => said.length === 2, { what: 'a second try' })
    expect(said).toEqual(['the disk is full', 'the disk is full still'])
    isEmpty = true
    writer.changed()
    await until(() => said.length === 3, { what: 'a third' })
    expect({ last: said[2], writes: writes.length }).toEqual({ last: 'resumed', writes: 1 })
  })

  it('flushes the state before long, and lets go of what is forgotten', async () => {
    writer.changed()
    await until(() => forgotten === 1, { what: 'it to be flushed' })
    expect(writes).toEqual([])
  })

  it('writes nothing while the files are gone', async () => {
    problem = 'its files are gone'
    add(part(large('a')))
    await until(() => said.length === 1, { what: 'it to be held' })
    expect({ said, writes }).toEqual({ said: ['its files are gone'], writes: [] })
    problem = undefined
    writer.tryAgain()
    ;(await write(1)).succeed()
    await until(() => said.includes('resumed'), { what: 'it to go on' })
  })

  it('writes what waits when it is closed, and gives up on a disk that does not take it', async () => {
    add(part('a'))
    const closing = writer.close()
    ;(await write(1)).fail()
    await closing
    add(part(large('b')))
    writer.changed(0)
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect({ writes: writes.length, said }).toEqual({ writes: 1, said: [] })
  })
})
