/** A file that many ask for: read as often as it changes, not as often as it is asked for. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freshFile } from '../../../app/lib/fresh-file.ts'
import { until } from '../../support/until.ts'

let folder: string
let reads: number
const path = () => join(folder, 'file')
const open = () =>
  freshFile(path(), (text) => {
    reads++
    if (text === 'broken') throw new Error('cannot be parsed')
    return { text }
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fresh-'))
  reads = 0
})
afterEach(() => rm(folder, { recursive: true }))

/** Resolves once nothing is read any more, because the file has been as it is for a while. */
async function known(fresh: () => Promise<unknown>): Promise<void> {
  await until(
    async () => {
      const before = reads
      await fresh()
      return reads === before
    },
    { what: 'an answer without reading' },
  )
}

describe('freshFile', () => {
  it('is read once for all who ask at the same time', async () => {
    await writeFile(path(), 'a')
    const fresh = open()
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => fresh()))
    expect(reads).toBe(1)
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['a']))
  })

  it('is not read again before it changes, but at once when it has, even to something as long', async () => {
    await writeFile(path(), 'a')
    const fresh = open()
    await known(fresh)
    await writeFile(path(), 'b')
    expect(await fresh()).toEqual({ text: 'b' })
    await writeFile(path(), 'c')
    expect(await fresh()).toEqual({ text: 'c' })
  })

  it('notices that another file has taken its place', async () => {
    await writeFile(path(), 'a')
    await writeFile(`${path()}.new`, 'b')
    const fresh = open()
    await known(fresh)
    await rename(`${path()}.new`, path())
    expect(await fresh()).toEqual({ text: 'b' })
  })

  it('does not wait for whoever would write into a pipe', async () => {
    execFileSync('mkfifo', [path()])
    await expect(open()()).rejects.toThrow('a pipe or a device')
    await rm(path())
    await writeFile(path(), '\uFEFFa')
    expect(await open()()).toEqual({ text: 'a' })
  })

  it('throws while it cannot be read or parsed, and answers again afterwards', async () => {
    const fresh = open()
    await expect(fresh()).rejects.toMatchObject({ code: 'ENOENT' })
    await writeFile(path(), 'broken')
    await expect(fresh()).rejects.toThrow('cannot be parsed')
    await writeFile(path(), 'a')
    expect(await fresh()).toEqual({ text: 'a' })
  })
})
