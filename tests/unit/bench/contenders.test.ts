/** What the contenders are told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../../app/config/index.ts'
import { kinds } from '../../../app/kinds.ts'
import { contender, type Place } from '../../../scripts/bench/contenders.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { nodeOptions } from '../../../scripts/lib/node-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
const place: Place = {
  bootstrapServers: '127.0.0.1:9092',
  registryUrl: 'http://127.0.0.1:8081',
  topic: 'bench-x',
  shape: shapes.credential,
  key: null,
  urlsFile: join(folder, 'urls'),
  laneDir: join(folder, 'lane'),
  metricsPort: 0,
}

beforeAll(() => {
  writeFileSync(join(folder, 'main.js'), '')
  writeFileSync(place.urlsFile, 'ws://127.0.0.1:1/0\nws://127.0.0.1:1/1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a contender', () => {
  it('is a client, a lane and a build, with settings that the daemon takes', async () => {
    const disk = await contender(`kafkajs:tmpfs@${folder}`, { LINGER: '7ms' })
    expect(disk).toMatchObject({
      keepsOrder: true,
      lane: 'tmpfs',
      part: 1,
      args: [...nodeOptions, join(folder, 'main.js')],
    })
    const { feeds, warnings } = readConfig(disk.env(place), kinds)
    expect(warnings).toEqual([])
    expect(JSON.stringify(feeds)).toContain('verifiable-credential')
    expect(disk.env(place)).toMatchObject({
      KAFKA_CLIENT: 'kafkajs',
      LANE: 'disk',
      LANE_DIR: place.laneDir,
      LINGER: '7ms',
    })
    expect(disk.env(place)).not.toHaveProperty('FEED_BENCH_KEY')
  })

  it('has its lane in memory unless told, and the key of the round', async () => {
    const memory = await contender(`platformatic@${folder}`)
    const env = memory.env({ ...place, shape: shapes.small, key: 'k' })
    expect(env).toMatchObject({ KAFKA_CLIENT: 'platformatic', LANE: 'memory', FEED_BENCH_KEY: 'k' })
    expect(env).not.toHaveProperty('LANE_DIR')
    expect(env).not.toHaveProperty('FEED_BENCH_NORMALISE')
    expect(readConfig(env, kinds).feeds).toHaveLength(1)
  })

  it('may have settings of its own, which win', async () => {
    const own = await contender(`platformatic:disk+LANE_SYNC=commit+LINGER=1ms@${folder}`, { LINGER: '7ms' })
    expect(own.env(place)).toMatchObject({ LANE: 'disk', LANE_SYNC: 'commit', LINGER: '1ms' })
    expect(own.name).toContain('+LANE_SYNC=commit')
  })

  it('may be a rival, which need not keep the order', async () => {
    const rival = await contender('per-message@7')
    expect(rival).toMatchObject({ keepsOrder: false, lane: 'memory' })
    expect(rival.env(place)).toMatchObject({ IN_FLIGHT: '7', URLS_FILE: place.urlsFile })
    expect(rival.env(place)).not.toHaveProperty('KEY')
  })

  it.each(['nobody', 'platformatic:moon', 'python@3', 'per-message@x'])('is not %s', async (name) => {
    await expect(contender(name)).rejects.toThrow()
  })
})
