/** Directories are made, or it is said what is in the way: it ends in any case. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { makeDirectory } from '../../../app/lib/make-directory.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'make-directory-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('makeDirectory', () => {
  it('makes what is missing, with the mode, and leaves what is there', async () => {
    const path = join(folder, 'a/b/c')
    await makeDirectory(path, 0o750)
    await makeDirectory(path, 0o700)
    for (const made of [path, join(folder, 'a')]) expect((await stat(made)).mode & 0o777).toBe(0o750 & ~process.umask())
  })

  it('makes a path of a thousand parts', async () => {
    await makeDirectory(join(folder, 'a/'.repeat(1_000)), 0o750)
    expect(existsSync(join(folder, 'a/'.repeat(1_000)))).toBe(true)
  })

  it.each([
    ['a file', 'EEXIST', async () => writeFile(join(folder, 'x'), '')],
    ['a link that leads nowhere', 'ENOENT', async () => symlink('/nowhere/at/all', join(folder, 'x'))],
  ])('says what is in the way: %s', async (_, code, prepare) => {
    await prepare()
    const path = code === 'EEXIST' ? join(folder, 'x') : join(folder, 'x/y')
    await expect(makeDirectory(path, 0o750)).rejects.toMatchObject({ code })
    await expect(makeDirectory(join(path, 'z'), 0o750)).rejects.toMatchObject({ code: expect.stringMatching(/^ENO/) })
  })

  it('ends where nobody can make anything, as in /proc, whose file system says ENOENT to everybody', async () => {
    const code = process.platform === 'linux' ? 'ENOENT' : expect.stringMatching(/^E/)
    await expect(makeDirectory('/proc/nope/deeper', 0o750)).rejects.toMatchObject({ code })
  })
})
