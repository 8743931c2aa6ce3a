/** A lane on disk under everything at once, by chance but the same each time: whatever a transaction leaves is a lane that a restart takes up. */
import { describe, expect, it } from '@jest/globals'
import type { BypassCounts } from '../../../../app/lane/disk/bypass-counts.ts'
import type { Transaction } from '../../../../app/lane/disk/environment.ts'
import { EMPTY_SCAN } from '../../../../app/lane/disk/inspect.ts'
import { DiskLane } from '../../../../app/lane/disk/lane.ts'
import type { Presence } from '../../../../app/lane/disk/presence.ts'
import { readBlock } from '../../../../app/lane/disk/read-block.ts'
import { afterHole, heldBy, readSavedCounts, SavedCounts } from '../../../../app/lane/disk/saved-counts.ts'
import type { Store } from '../../../../app/lane/disk/store.ts'
import { Numbers } from '../../../../app/lane/numbers.ts'
import { createLedger } from '../../../../app/ledger.ts'
import type { Batch, Message } from '../../../../app/model.ts'
import { laneOptions, numbersOf, sourcesById } from '../../../support/lanes.ts'
import { message, source } from '../../../support/messages.ts'

const SOURCES = 6
const APPENDS = 100
const MOST_FAILURES = 3

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

const nameOf = ({ source: { id }, data }: Message): string => `${id} ${data.toString().trim()}`

/** Some turns of the loop, now and then some milliseconds. */
async function pause(random: Random): Promise<void> {
  if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, random() * 30))
  for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
}

/** Keeps what LMDB would; a transaction that fails may be there all the same until the next one. */
class FakeStore {
  readonly #random: Random
  readonly #blocks = new Map<number, readonly string[]>()
  /** Numbers below are spoken for: the next start gives none of them. */
  spokenFor = 0
  /** Of what was written. */
  readonly numbers = new Map<string, number>()
  #failures = 0
  /** From now on nothing fails: at its end a lane tries only once. */
  isWell = false
  #counts: Buffer | undefined

  constructor(random: Random) {
    this.#random = random
  }

  async commit(transaction: Transaction): Promise<void> {
    // The bytes are the writer's, and are written over by the next.
    const blocks = transaction.blocks.map(({ key, bytes }) => [key, this.#namesIn(key, Buffer.from(bytes))] as const)
    await pause(this.#random)
    const fails = !this.isWell && this.#failures < MOST_FAILURES && this.#random() < 0.03
    if (!fails || this.#random() < 0.5) {
      for (const { from, to } of transaction.forget) for (let key = from; key < to; key++) this.#blocks.delete(key)
      for (const [key, names] of blocks) this.#blocks.set(key, names)
      this.#counts = transaction.counts
    }
    this.#checkWhole()
    if (!fails) {
      this.spokenFor = readSavedCounts(transaction.counts).numbers?.to ?? 0
      return
    }
    this.#failures++
    throw Object.assign(new Error('it failed'), this.#random() < 0.5 ? { code: 'ENOSPC' } : {})
  }

  #namesIn(key: number, bytes: Buffer): string[] {
    const { first, messages } = readBlock(bytes, key, { sourceOf: sourcesById(), isEarlier: true })
    for (const [at, one] of messages.entries()) this.numbers.set(nameOf(one), first + at)
    return messages.map(nameOf)
  }

  /** As a start would: the sums fit the blocks, and no block is missing between two. */
  #checkWhole(): void {
    if (!this.#counts) return
    const kept = readSavedCounts(this.#counts)
    const keys = [...this.#blocks.keys()].sort((a, b) => a - b)
    for (const [at, key] of keys.entries()) {
      if (at > 0) expect(key).toBe(afterHole((keys[at - 1] ?? 0) + 1, kept.holes))
    }
    expect(this.messages).toBe(heldBy(kept))
  }

  get messages(): number {
    return [...this.#blocks.values()].reduce((sum, { length }) => sum + length, 0)
  }

  has(one: Message): boolean {
    const name = nameOf(one)
    return [...this.#blocks.values()].some((names) => names.includes(name))
  }

  read(): never {
    throw new Error('all of it is in memory')
  }

  async close(): Promise<void> {}
}

async function live(seed: number): Promise<void> {
  const random = randomOf(seed)
  const store = new FakeStore(random)
  const ledger = createLedger()
  const lane = new DiskLane(laneOptions('/nowhere', { ledger, maxInFlightBatches: 1 + Math.floor(random() * 6) }), {
    folder: '/nowhere',
    lock: { look: async () => undefined, release: async () => {} },
    store: store as unknown as Store,
    bypassed: { write: () => {}, close: () => {} } as unknown as BypassCounts,
    presence: { look: async () => true } as unknown as Presence,
    counts: new SavedCounts(ledger, undefined),
    numbers: new Numbers(),
    found: EMPTY_SCAN,
  })
  const settled = new Set<string>()
  const read = new Map<string, number>()
  const stop = new AbortController()
  const numbers = new Map<string, number>()
  let last = 0
  let total = 0
  let sending = SOURCES

  const send = async (from: ReturnType<typeof source>): Promise<void> => {
    for (let appends = 0, next = 0; appends < APPENDS; appends++) {
      const count = random() < 0.01 ? 2_100 : 1 + Math.floor(random() * 30)
      // Those of 400 bytes may pass together and be too much for one small block; those of 5,000 are large.
      const width = random() < 0.05 ? 5_000 : random() < 0.5 ? 400 : 20
      const messages = Array.from({ length: count }, (_, i) => message(String(next + i).padEnd(width), from))
      next += count
      total += count
      ledger.received += count
      await lane.append(messages)
      expect(messages.filter((one) => !settled.has(nameOf(one)) && !store.has(one))).toEqual([])
      await pause(random)
    }
    sending--
    stopWhenAllIsSettled()
  }
  const settle = async (batch: Batch): Promise<void> => {
    await pause(random)
    for (const one of batch.messages) settled.add(nameOf(one))
    ledger.settled += batch.messages.length
    lane.acknowledge(batch)
    stopWhenAllIsSettled()
  }
  const stopWhenAllIsSettled = (): void => {
    if (sending === 0 && settled.size === total) stop.abort()
  }
  const deliver = async (): Promise<void> => {
    for await (const batch of lane.read(stop.signal)) {
      for (const [at, number] of numbersOf(batch).entries()) {
        expect(number).toBeGreaterThan(last)
        expect(number).toBeLessThan(store.spokenFor)
        last = number
        numbers.set(nameOf(batch.messages[at] as Message), number)
      }
      for (const { source: from, data } of batch.messages) {
        expect(Number(data)).toBe(read.get(from.id) ?? 0)
        read.set(from.id, Number(data) + 1)
      }
      void settle(batch)
    }
  }

  const delivering = deliver()
  await Promise.all(Array.from({ length: SOURCES }, (_, i) => send(source(`s${i}`))))
  await delivering
  expect(lane.held).toMatchObject({ messages: 0, kept: 0, bytes: 0 })
  store.isWell = true
  await lane.close()
  expect(store.messages).toBe(0)
  expect(settled.size).toBe(total)
  expect([...store.numbers].filter(([name, number]) => numbers.get(name) !== number)).toEqual([])
  expect(store.numbers.size).toBeGreaterThan(0)
}

describe('a lane on disk', () => {
  it.each([1, 2, 3, 4, 5, 6])('is whole after each transaction, and keeps what it promised (seed %i)', live, 60_000)
})
