/** `tributary lane …`, as an operator calls it. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Store } from '../../app/lane/disk/store.ts'
import { type Bench, laneBench } from '../support/lanes.ts'
import { message, source } from '../support/messages.ts'

const MAIN = fileURLToPath(new URL('../../app/main.ts', import.meta.url))

let bench: Bench
beforeEach(async () => {
  bench = await laneBench()
  const lane = await bench.open('disk')
  await lane.append([message('größe', source('ws://a'), 1_700_000_000_000), message('2', source('ws://a'))])
  await lane.append([message('3', source('ws://b'))])
  await lane.close()
})
afterEach(() => bench.end())

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function tributary(
  args: readonly string[],
  env: Record<string, string> = { LANE_DIR: bench.directory },
): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

describe('tributary lane', () => {
  it('lists what is there', async () => {
    expect(await tributary(['lane', 'list'])).toEqual({
      code: 0,
      stdout: 'f: messages 3, bytes 9, oldest 2023-11-14T22:13:20.000Z\n',
      stderr: '',
    })
    expect((await tributary(['lane', 'list'], { LANE_DIR: join(bench.directory, 'none') })).stdout).toBe(
      'there is no lane\n',
    )
  })

  it('exports every message and leaves the lane as it is', async () => {
    for (const _ of ['once', 'twice']) {
      const { code, stdout, stderr } = await tributary(['lane', 'export', 'f'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'exported 3 messages\n' })
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines).toEqual([
        { source: 'ws://a/', receivedAt: 1_700_000_000_000, data: Buffer.from('größe').toString('base64') },
        { source: 'ws://a/', receivedAt: 1_700_000_000_000, data: 'Mg==' },
        { source: 'ws://b/', receivedAt: 1_700_000_000_000, data: 'Mw==' },
      ])
    }
  })

  it('takes the names of internal feeds, and none that lead elsewhere', async () => {
    const lane = await bench.open('disk', { feed: 'tributary.gaps' })
    await lane.append([message('{}', source('tributary.gaps', 'tributary.gaps'))])
    await lane.close()
    expect((await tributary(['lane', 'list'])).stdout).toContain('tributary.gaps: messages 1')
    expect((await tributary(['lane', 'export', 'tributary.gaps'])).stderr).toBe('exported 1 messages\n')
    expect((await tributary(['lane', 'discard', 'tributary.gaps', '--yes'])).code).toBe(0)
    expect((await tributary(['lane', 'list'])).stdout).not.toContain('tributary.gaps')
    for (const name of ['..', '.', '../f', './f', 'f/../f']) {
      expect((await tributary(['lane', 'export', name])).stderr).toContain('there is no lane of feed')
    }
  })

  it('exports what can be read of a damaged lane, and says what cannot', async () => {
    const store = new Store(join(bench.directory, 'f'))
    const counts = (await store.readCounts()) ?? Buffer.alloc(0)
    await store.commit({ blocks: [{ key: 1, bytes: Buffer.from('\x01damage, no block') }], forget: [], counts })
    await store.close()
    const { code, stdout, stderr } = await tributary(['lane', 'export', 'f'])
    expect({ code, stderr }).toEqual({ code: 69, stderr: 'exported 1 messages; 1 damaged blocks were passed over\n' })
    expect(stdout).toContain('Mw==')
    expect((await tributary(['lane', 'list'])).stdout).toContain('it is given up by: tributary lane discard f --yes')
  })

  it('says so when nothing can be read', async () => {
    await writeFile(join(bench.directory, 'f', 'data.mdb'), 'x'.repeat(40_000))
    const { code, stderr } = await tributary(['lane', 'export', 'f'])
    expect(code).toBe(69)
    expect(stderr).toContain('it is damaged')
  })

  it('discards only when it is meant', async () => {
    expect((await tributary(['lane', 'discard', 'f'])).code).toBe(78)
    expect((await tributary(['lane', 'list'])).stdout).toContain('messages 3')
    expect(await tributary(['lane', 'discard', 'f', '--yes'])).toMatchObject({
      code: 0,
      stderr: 'the lane of feed f is gone\n',
    })
    expect((await tributary(['lane', 'list'])).stdout).toBe('there is no lane\n')
  })

  it('leaves a lane that is in use alone, and names one that is not there', async () => {
    await bench.open('disk')
    for (const args of [
      ['export', 'f'],
      ['discard', 'f', '--yes'],
    ]) {
      expect(await tributary(['lane', ...args])).toMatchObject({
        code: 69,
        stderr: expect.stringContaining('another process uses it'),
      })
    }
    for (const name of ['g', '../f', '..']) {
      expect(await tributary(['lane', 'discard', name, '--yes'])).toMatchObject({
        code: 69,
        stderr: expect.stringContaining('there is no lane'),
      })
    }
    expect((await tributary(['lane', 'list'], {})).code).toBe(78)
  })
})
