/** A lane on disk whose files are taken away, one by one or all at once, while it is in use. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readBypassCounts } from '../../app/lane/disk/bypass-counts.ts'
import { createLedger } from '../../app/ledger.ts'
import type { Lane, Message } from '../../app/model.ts'
import { type Bench, laneBench, nextBatch, readAll } from '../support/lanes.ts'
import { numbered, source, texts } from '../support/messages.ts'
import { until } from '../support/until.ts'

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
})
afterEach(() => bench.end())

const folder = (): string => join(bench.directory, 'f')
const file = (name: string): string => join(folder(), name)

/** Resolves when the lane has said that it holds because of `detail`. */
async function holds(detail: string): Promise<void> {
  const isSaid = (): boolean =>
    bench.events.some((event) => event.type === 'lane.held' && event.detail.includes(detail))
  await until(isSaid, { what: `it to say ${detail}` })
}

async function notices(lane: Lane): Promise<void> {
  await until(() => lane.held.kept === 0, { what: 'it to be noticed' })
}

describe('a lane on disk', () => {
  it.each([
    ['its file', () => unlink(file('data.mdb'))],
    ['its folder', () => rm(folder(), { recursive: true })],
    ['the directory of the lanes', () => rm(bench.directory, { recursive: true })],
  ])('says that %s is gone, once, and counts nothing as kept', async (_, remove) => {
    const lane = await bench.open('disk')
    await lane.append(numbered(100))
    await remove()
    await holds(`its files are gone from ${folder()}`)
    expect(lane.held).toMatchObject({ messages: 100, kept: 0 })
    expect(await lane.survives()).toBe(false)
  })

  it('holds when another lane has taken the place of its own, and leaves that alone', async () => {
    const lane = await bench.open('disk')
    await lane.append(numbered(5))
    await rename(folder(), `${folder()}.away`)
    const other = await bench.open('disk')
    await holds('other files have taken the place of its own')
    const late = lane.append(numbered(5, source(), 5))
    await other.append(numbered(3, source('other')))
    expect(lane.held.kept).toBe(0)
    expect(other.held).toMatchObject({ messages: 3, kept: 3 })
    await rm(`${folder()}.away`, { recursive: true })
    const drained = lane.drained(new AbortController().signal)
    expect(texts(await readAll(lane, 10))).toEqual(texts(numbered(10)))
    await Promise.all([late, drained])
    await lane.close()
    await other.close()
    expect((await bench.open('disk')).held).toMatchObject({ messages: 3, kept: 3 })
  })

  it('hands on all of it, however large, without making a new file', async () => {
    const lane = await bench.open('disk', { laneMaxBytes: 200e6 })
    const large = (first: number): Message[] =>
      numbered(10, source(), first).map((one) => ({ ...one, data: Buffer.from(one.data.toString().padEnd(100_000)) }))
    const COUNT = 1_000
    for (let at = 0; at < COUNT; at += 10) await lane.append(large(at))
    await rm(bench.directory, { recursive: true })
    await notices(lane)
    const seen = await readAll(lane, COUNT)
    expect(seen.map(({ data }) => Number(data))).toEqual(Array.from({ length: COUNT }, (_, i) => i))
    expect(existsSync(bench.directory)).toBe(false)
  })

  it('holds when the disk under it is no longer mounted', async () => {
    await mkdir(folder())
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder()], { stdio: 'ignore' })
    } catch {
      return console.warn('not run: only root can mount a small disk')
    }
    const lane = await bench.open('disk')
    await lane.append(numbered(5))
    execFileSync('umount', ['-l', folder()])
    await holds(`its files are gone from ${folder()}`)
    expect(lane.held).toMatchObject({ messages: 5, kept: 0 })
  })

  it('takes its lock again when that is removed', async () => {
    const lane = await bench.open('disk')
    await unlink(file('lock'))
    await until(() => existsSync(file('lock')), { what: 'a lock' })
    await expect(bench.open('disk')).rejects.toThrow('another process uses it')
    await lane.append(numbered(5))
    expect(lane.held.kept).toBe(5)
    await lane.close()
    expect((await bench.open('disk')).held.messages).toBe(5)
  })

  it('leaves the lock of another alone that took it unnoticed, when it is closed', async () => {
    const lane = await bench.open('disk')
    await unlink(file('lock'))
    await bench.open('disk')
    await lane.close()
    await expect(bench.open('disk')).rejects.toThrow('another process uses it')
  })

  it('writes no more once another has its lock', async () => {
    const lane = await bench.open('disk')
    await lane.append(numbered(5))
    await unlink(file('lock'))
    const thief = await bench.open('disk')
    await holds('another process uses it')
    expect(lane.held.kept).toBe(0)
    void lane.append(numbered(5, source(), 5)).catch(() => {})
    await lane.close()
    expect(texts(await readAll(thief, 5))).toEqual(texts(numbered(5)))
  })

  it('leaves its lock to a process that is stopped, though so many call it that nobody more can', async () => {
    const writer = fileURLToPath(new URL('../support/lane-writer.ts', import.meta.url))
    const child = spawn(process.execPath, ['--no-warnings', writer, bench.directory, '0', '2'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    const callers = Array.from({ length: 600 }, () => connect(file('lock')).on('error', () => {}))
    try {
      await expect(bench.open('disk')).rejects.toThrow('another process uses it')
    } finally {
      for (const caller of callers) caller.destroy()
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  })

  it('writes the sums of what passed again when their file is removed', async () => {
    const ledger = createLedger()
    const lane = await bench.open('disk', { ledger })
    const passing = nextBatch(lane)
    void lane.append(numbered(1))
    lane.acknowledge(await passing)
    const before = readBypassCounts(folder())
    expect(JSON.parse(before ?? '')).toMatchObject({ passed: 1 })
    await unlink(file('passed'))
    await until(() => readBypassCounts(folder()) === before, { what: 'the sums' })
  })
})
