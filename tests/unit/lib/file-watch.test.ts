/** Changes of files, however they are made. */
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { FileWatch } from '../../../app/lib/file-watch.ts'
import { until } from '../../support/until.ts'

const EVERY_MS = 20

let folder: string
let changes: number
let watch: FileWatch
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'))
  changes = 0
  watch = new FileWatch(() => changes++, EVERY_MS)
})
afterEach(async () => {
  watch.stop()
  await rm(folder, { recursive: true, force: true })
})

const path = (name: string): string => join(folder, name)
const changed = (times: number): Promise<void> => until(() => changes === times, { what: `change ${times}` })

/** Waits for as long as a change takes to be noticed. */
async function looked(): Promise<void> {
  let isOver = false
  const other = new FileWatch(() => {
    isOver = true
  }, 2 * EVERY_MS)
  other.follow([path('other')])
  const write = async (): Promise<boolean> => {
    if (!isOver) await writeFile(path('other'), `${Math.random()}`)
    return isOver
  }
  await until(write, { what: 'another watch to see another change', everyMs: 10 * EVERY_MS })
  other.stop()
}

describe('a file that is watched', () => {
  it('is noticed when it is written, replaced, removed and made', async () => {
    await writeFile(path('a'), '1')
    watch.follow([path('a'), path('b')])
    await looked()
    expect(changes).toBe(0)
    await writeFile(path('a'), '22')
    await changed(1)
    await writeFile(path('new'), '33')
    await rename(path('new'), path('a'))
    await changed(2)
    await rm(path('a'))
    await changed(3)
    await writeFile(path('b'), '')
    await changed(4)
  })

  it('is noticed when the link to its folder is replaced, as Kubernetes does', async () => {
    for (const name of ['one', 'two']) await writeFile(path(name), 'same')
    await symlink(path('one'), path('link'))
    watch.follow([path('link')])
    await looked()
    await symlink(path('two'), path('new'))
    await rename(path('new'), path('link'))
    await changed(1)
  })

  it('is not noticed when it stays as it is, and no longer when others are followed, or after the stop', async () => {
    await writeFile(path('a'), '1')
    watch.follow([path('a')])
    await looked()
    watch.follow([path('b')])
    await writeFile(path('a'), '22')
    await looked()
    expect(changes).toBe(0)
    watch.stop()
    await writeFile(path('b'), '22')
    await looked()
    expect(changes).toBe(0)
  })
})
