/** A lane on disk under everything at once, by chance but the same each time: whatever a write leaves is a lane that a restart takes up. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { DiskLane } from '../../../../app/lane/disk/lane.ts'
import type { Log } from '../../../../app/lane/disk/log.ts'
import { inspect, openLane } from '../../../../app/lane/disk/opened.ts'
import { createLedger } from '../../../../app/ledger.ts'
import type { Batch, Message } from '../../../../app/model.ts'
import { laneOptions } from '../../../support/lanes.ts'
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

/** Writes take their time, and some fail, though part of them may be there. */
function unreliable(log: Log, random: Random): void {
  const write = log.write.bind(log)
  let failures = 0
  log.write = async (blocks, first, last) => {
    await pause(random)
    const fails = failures < MOST_FAILURES && random() < 0.03
    if (!fails) return write(blocks, first, last)
    failures++
    const segment = log.segments.at(-1)
    const there = Math.floor(random() * (blocks.length + 1))
    await segment?.file.write(blocks, 0, there, segment.end)
    if (segment && random() < 0.5) segment.isBroken = true
    throw Object.assign(new Error('it failed'), segment?.isBroken ? {} : { code: 'ENOSPC' })
  }
}

/** All files as they are at this moment: nothing of ours runs meanwhile, at most one write or one move by the system. */
function imageOf(folder: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'image-'))
  const remove = (): void => rmSync(path, { recursive: true })
  try {
    cpSync(folder, path, { recursive: true })
  } catch {
    remove()
    return imageOf(folder)
  }
  return { path, [Symbol.dispose]: remove }
}

async function live(seed: number): Promise<void> {
  const random = randomOf(seed)
  const folder = await mkdtemp(join(tmpdir(), 'random-'))
  const ledger = createLedger()
  const options = laneOptions(folder, { ledger, maxInFlightBatches: 1 + Math.floor(random() * 6) })
  const opened = await openLane(folder, { look: async () => undefined, release: async () => {} }, options)
  unreliable(opened.log, random)
  const lane = new DiskLane(options, opened)
  /** What a start would find if the process were killed now. */
  const kept = async (): Promise<Set<string>> => {
    const names = new Set<string>()
    using image = imageOf(folder)
    const found = await inspect(image.path, {
      take: async (messages) => {
        for (const one of messages) names.add(nameOf(one))
      },
    })
    expect({ damage: found.damage, messages: found.messages }).toEqual({ damage: undefined, messages: names.size })
    return names
  }
  const settled = new Set<string>()
  const read = new Map<string, number>()
  const stop = new AbortController()
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
      if (random() < 0.1) {
        const found = await kept()
        expect(messages.filter((one) => !settled.has(nameOf(one)) && !found.has(nameOf(one)))).toEqual([])
      }
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
  await lane.close()
  expect((await kept()).size).toBe(0)
  expect(settled.size).toBe(total)
  await rm(folder, { recursive: true })
}

describe('a lane on disk', () => {
  it.each([1, 2, 3, 4, 5, 6])('is whole after each transaction, and keeps what it promised (seed %i)', live, 60_000)
})
