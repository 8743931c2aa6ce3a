/** Which lane the environment asks for. */
import { describe, expect, it } from '@jest/globals'
import { readLaneConfig } from '../../../app/config/index.ts'
import { kinds, problems, read, warnings } from './environment.ts'

const GIB = 1024 ** 3

describe('the lane', () => {
  it('is on disk where there is a directory, and holds more there', () => {
    const { lane, feeds } = read({ LANE_DIR: '/var/lib/lanes' })
    expect(lane).toEqual({ kind: 'disk', directory: '/var/lib/lanes', sync: 'flush' })
    expect(feeds[0]?.laneMaxBytes).toBe(GIB)
    expect(read({ LANE_DIR: '/x', FEED_T_LANE_MAX_BYTES: '5MB' }).feeds[0]?.laneMaxBytes).toBe(5_000_000)
  })

  it('is refused on disk without a directory', () => {
    expect(problems({ LANE: 'disk' })).toEqual([
      'LANE_DIR is missing: LANE is disk; set it to the path of a directory.',
    ])
  })

  it('is in memory beside a directory when told so, with a warning', () => {
    const env = { LANE: 'memory', LANE_DIR: '/x' }
    const { lane, feeds } = read(env)
    expect(lane).toMatchObject({ kind: 'memory', directory: undefined })
    expect(feeds[0]?.laneMaxBytes).toBe(GIB / 16)
    expect(warnings(env)).toEqual([
      'LANE_DIR has no effect: LANE is memory, and what is kept there stays there; remove one of them.',
    ])
  })

  it('is read alone for commands that need nothing else', () => {
    expect(readLaneConfig({ env: { LANE_DIR: '/x' } }, kinds)).toEqual({ kind: 'disk', directory: '/x', sync: 'flush' })
    expect(() => readLaneConfig({ env: { LANE_SYNC: 'never' } }, kinds)).toThrow('1 configuration problem')
  })
})
