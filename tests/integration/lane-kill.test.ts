/** kill -9 at random points: what a lane on disk had promised is there, in order, unless it was acknowledged. LANE_KILLS sets how often. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createLedger } from '../../app/ledger.ts'
import type { Lane, Message } from '../../app/model.ts'
import { type Bench, laneBench, numbersOf } from '../support/lanes.ts'
import { until } from '../support/until.ts'

const WRITER = fileURLToPath(new URL('../support/lane-writer.ts', import.meta.url))
const KILLS = Number(process.env.LANE_KILLS ?? 20)
const SOURCES = ['0', '1', '2']

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

/** The numbers per source of the lines that begin with `word`. */
function numbersIn(output: string, word: string): Map<string, number[]> {
  const numbers = new Map<string, number[]>(SOURCES.map((id) => [id, []]))
  for (const [, id = '', from, to] of output.matchAll(new RegExp(`^${word} (\\d) (\\d+)(?: (\\d+))?$`, 'gm'))) {
    numbers.get(id)?.push(...range(Number(from), Number(to ?? from) + 1))
  }
  return numbers
}

const highest = (numbers: Iterable<number>): number => [...numbers].reduce((most, number) => Math.max(most, number), -1)
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** Runs the writer until it has kept `promises` appends, then kills it; answers all it said. */
async function writeUntilKilled(firsts: readonly number[], seed: number): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', WRITER, bench.directory, firsts.join(','), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const lines = 1 + ((seed * 7919) % 300)
  await until(() => output.split('\n').length > lines || child.exitCode !== null, { what: 'the writer to write' })
  child.kill('SIGKILL')
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== null) throw new Error(`the writer ended with ${code} by itself`)
  return output
}

/** Which message has which running number. One that was read and lost before it was promised is sent again, as another. */
class Numbered {
  readonly #names = new Map<number, string>()
  readonly #read = new Map<string, number>()
  readonly #stored = new Map<string, number>()

  /** What the writer has read. */
  read(output: string): void {
    for (const [, name = '', number] of output.matchAll(/(\d+\/\d+)=(\d+)(?=[ \n])/g)) {
      this.#see(name, Number(number), this.#stored.get(name))
      this.#read.set(name, Number(number))
    }
  }

  /** What was found on the disk after it. */
  stored(name: string, number: number): void {
    this.#see(name, number, this.#read.get(name))
    this.#stored.set(name, number)
  }

  get size(): number {
    return this.#names.size
  }

  #see(name: string, number: number, before = number): void {
    const owner = this.#names.get(number) ?? name
    if (owner !== name || before !== number)
      throw new Error(`${name} has ${number} after ${before}, which ${owner} has`)
    this.#names.set(number, name)
  }
}

async function everythingIn(lane: Lane, numbered: Numbered): Promise<Map<string, number[]>> {
  const numbers = new Map<string, number[]>(SOURCES.map((id) => [id, []]))
  const stop = new AbortController()
  let left = lane.held.messages
  if (left === 0) return numbers
  for await (const batch of lane.read(stop.signal)) {
    for (const { source, data } of batch.messages) numbers.get(source.id)?.push(Number(data))
    for (const [at, number] of numbersOf(batch).entries()) numbered.stored(nameOf(batch.messages[at]), number)
    left -= batch.messages.length
    if (left === 0) break
  }
  return numbers
}

const nameOf = (message: Message | undefined): string => `${message?.source.id}/${message?.data}`

describe('a lane on disk whose process is killed', () => {
  it(`keeps what is not acknowledged, without a hole, each message under one number, ${KILLS} times`, async () => {
    const base = Date.now() % 1_000
    console.info(`seeds ${base} to ${base + KILLS - 1}`)
    const firsts = [0, 0, 0]
    const numbered = new Numbered()
    const ids = new Set<string>()
    const acknowledged = SOURCES.map(() => new Set<number>())
    for (let seed = base; seed < base + KILLS; seed++) {
      const output = await writeUntilKilled(firsts, seed)
      const ledger = createLedger()
      const lane = await bench.open('disk', { ledger, maxInFlightBatches: 1_000_000 })
      numbered.read(output)
      ids.add(lane.id)
      expect(ledger.received).toBe(ledger.settled + lane.held.messages)
      const found = await everythingIn(lane, numbered)
      const [kept, now] = [numbersIn(output, 'kept'), numbersIn(output, 'acknowledged')]
      for (const [at, id] of SOURCES.entries()) {
        const done = acknowledged[at] as Set<number>
        for (const number of now.get(id) ?? []) done.add(number)
        const numbers = found.get(id) ?? []
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
        const there = new Set([...numbers, ...done])
        const next = highest(there) + 1
        expect(range(0, next).filter((number) => !there.has(number))).toEqual([])
        expect(next).toBeGreaterThan(highest(kept.get(id) ?? []))
        firsts[at] = next
      }
      await lane.close()
    }
    expect(ids.size).toBe(1)
    expect(numbered.size).toBeGreaterThan(1_000)
  }, 300_000)
})
