/** A script in a process of its own is killed when it is silent for too long, when it says too much, and when it is told to stop. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type AsideEnd, type AsideOptions, aside, Silent } from '../../../../app/lane/disk/aside.ts'
import { isAlive } from '../../../../scripts/stack/lock.ts'
import { descendants } from '../../../support/processes.ts'
import { until } from '../../../support/until.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aside-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** The trial of a directory that answers, stopped as if it did not. It is begun at once, and takes longer to load than to be found. */
function stoppedTrial(options: AsideOptions): { readonly run: Promise<AsideEnd<unknown>>; readonly pid: number } {
  const before = new Set(descendants(process.pid))
  const run = aside('trial', [folder], options)
  const [pid = 0] = descendants(process.pid).filter((one) => !before.has(one))
  process.kill(pid, 'SIGSTOP')
  return { run, pid }
}

describe('a script aside', () => {
  it('resolves to what it has written', async () => {
    const ended = await aside('trial', [folder], { quietMs: 20_000 })
    expect(ended).toEqual({ answer: {}, code: 0, signal: null })
    const refused = await aside<{ problem: string }>('trial', ['/dev/null'], { quietMs: 20_000 })
    expect(refused.answer?.problem).toContain('LANE_DIR /dev/null cannot be written to (EEXIST)')
  })

  it('is given up and killed when it says nothing', async () => {
    const { run, pid } = stoppedTrial({ quietMs: 300 })
    await expect(run).rejects.toBeInstanceOf(Silent)
    await until(() => !isAlive(pid), { what: 'its end' })
  })

  it('is given up and killed when it is told to stop, and not begun after that', async () => {
    const stop = new AbortController()
    const { run, pid } = stoppedTrial({ quietMs: 60_000, signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
    await until(() => !isAlive(pid), { what: 'its end' })
    await expect(aside('trial', [folder], { quietMs: 60_000, signal: stop.signal })).rejects.toThrow('enough')
  })

  it('tells the signal that ended it', async () => {
    const { run, pid } = stoppedTrial({ quietMs: 60_000 })
    process.kill(pid, 'SIGKILL')
    expect(await run).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('waits for no pipe in the place of a file', async () => {
    execFileSync('mkfifo', [join(folder, 'passed')])
    await writeFile(join(folder, 'data.mdb'), '')
    const { answer } = await aside<{ problem?: string }>('probe', [folder], { quietMs: 20_000 })
    expect(answer).toBeDefined()
  })
})
