/** The file that outlives the process: what was written is read, anything else is said to be wrong. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type GapState, readState, writeState } from '../../../app/gaps/state.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gaps-'))
  path = join(folder, 'gaps.json')
})
afterEach(() => rm(folder, { recursive: true }))

const gap = { reason: 'closed', beganAt: 5, lastMessageAt: 4, code: 4000, dials: 2 }
const state: GapState = {
  stopped: true,
  sources: new Map([
    ['ws://a/', { keptUntil: 3, lastMessageAt: 0, gap }],
    ['ws://b/', { keptUntil: 9, lastMessageAt: 8, gap: undefined }],
  ]),
  records: [
    {
      feed: 'f',
      source: 'ws://a/',
      reason: 'silent',
      began_at: 1,
      ended_at: 2,
      last_message_at: null,
      close_code: null,
      dials: 1,
      sequence_from: null,
      sequence_to: null,
    },
    {
      feed: 'f',
      source: 'ws://b/',
      reason: 'sequence',
      began_at: 1,
      ended_at: 2,
      last_message_at: 1,
      close_code: null,
      dials: 0,
      sequence_from: 9007199254740991,
      sequence_to: 9223372036854775807n,
      sequence_by: 'A',
    },
  ],
}

describe('the state of gaps', () => {
  it.each([true, false])('is read as it was written (flushed: %s), and nothing stays beside it', async (flush) => {
    await writeState(path, { ...state, stopped: false }, flush)
    await writeState(path, state, flush)
    expect(await readState(path)).toEqual(state)
    expect(await readdir(folder)).toEqual(['gaps.json'])
  })

  it('is none where there is none', async () => {
    expect(await readState(path)).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['half of it', '{"version":1,"stopped":true,"sources":[["ws://a/",{"keptUn'],
    ['another format', '{"version":2,"stopped":true,"sources":[],"records":[]}'],
    ['null', 'null'],
    ['a source without times', '{"version":1,"stopped":true,"sources":[["a",{}]],"records":[]}'],
    [
      'a time that is none',
      '{"version":1,"stopped":true,"sources":[["a",{"keptUntil":"x","lastMessageAt":0}]],"records":[]}',
    ],
    [
      'a gap that is none',
      '{"version":1,"stopped":true,"sources":[["a",{"keptUntil":1,"lastMessageAt":0,"gap":{}}]],"records":[]}',
    ],
    ['a record that is none', '{"version":1,"stopped":true,"sources":[],"records":[1]}'],
  ])('is refused with a sentence when the file holds %s', async (_, text) => {
    await writeFile(path, text)
    await expect(readState(path)).rejects.toThrow(`${path} is not what was written there`)
  })
})
