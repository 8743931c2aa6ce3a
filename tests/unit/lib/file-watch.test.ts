/** Changes of files, however they are made. */
import { chmod, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { FileWatch } from '../../../app/lib/file-watch.ts'
import { until } from '../../support/until.ts'

/** Never by itself in a test that looks when it wants to. */
const NEVER_MS = 2 ** 30

let folder: string
let changes: number
let watch: FileWatch
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'))
  changes = 0
  watch = new FileWatch(() => changes++, NEVER_MS)
})
afterEach(async () => {
  watch.stop()
  await rm(folder, { recursive: true, force: true })
})

const path = (name: string): string => join(folder, name)
const replace = async (name: string, text: string): Promise<void> => {
  await writeFile(path('new'), text)
  await rename(path('new'), path(name))
}
/** Changes so far, after so many looks. */
async function changesAfter(looks: number): Promise<number> {
  for (let n = 0; n < looks; n++) await watch.look()
  return changes
}

describe('a file that is watched', () => {
  it.each<[string, () => Promise<void>]>([
    ['written', () => writeFile(path('a'), '22')],
    ['replaced by one of the same size', () => replace('a', '2')],
    ['removed', () => rm(path('a'))],
    ['kept from being read', () => chmod(path('a'), 0o000)],
    ['made', () => writeFile(path('b'), '')],
  ])('is noticed once when it is %s', async (_what, change) => {
    await writeFile(path('a'), '1')
    await watch.follow([path('a'), path('b')])
    expect(await changesAfter(3)).toBe(0)
    await change()
    expect(await changesAfter(5)).toBe(1)
  })

  it('is noticed when the link to it is replaced, as Kubernetes does', async () => {
    for (const name of ['one', 'two']) await writeFile(path(name), 'same')
    await symlink(path('one'), path('link'))
    await watch.follow([path('link')])
    await symlink(path('two'), path('new'))
    await rename(path('new'), path('link'))
    expect(await changesAfter(2)).toBe(1)
  })

  it('is waited for while it is being written', async () => {
    await watch.follow([path('a')])
    for (let n = 1; n < 6; n++) {
      await writeFile(path('a'), 'x'.repeat(n))
      expect(await changesAfter(1)).toBe(0)
    }
    expect(await changesAfter(1)).toBe(1)
  })

  it('is noticed when others are followed just then', async () => {
    await writeFile(path('a'), '1')
    await watch.follow([path('a')])
    await writeFile(path('a'), '22')
    await watch.follow([path('a'), path('b')])
    expect(await changesAfter(3)).toBe(1)
  })

  it('is not noticed any more when others are followed, nor by a look that a stop meets', async () => {
    await writeFile(path('a'), '1')
    await watch.follow([path('a')])
    await watch.follow([path('b')])
    await writeFile(path('a'), '22')
    expect(await changesAfter(3)).toBe(0)
    await writeFile(path('b'), '22')
    expect(await changesAfter(1)).toBe(0)
    const looking = watch.look()
    watch.stop()
    await looking
    expect(changes).toBe(0)
  })

  it('is looked at again and again without being asked', async () => {
    watch = new FileWatch(() => changes++, 5)
    await watch.follow([path('a')])
    await writeFile(path('a'), '1')
    await until(() => changes === 1, { what: 'the change to be noticed' })
  })
})
