// What joins by a reload is known to the next start, however soon the process is killed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
import { topicFor } from '../support/daemon-feeds.ts'
import { startReloading } from '../support/reloading.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

let laneDir: string
beforeEach(async () => {
  laneDir = await mkdtemp(join(tmpdir(), 'lanes-'))
})
afterEach(() => rm(laneDir, { recursive: true, force: true }))

it.each(['a URL', 'a feed'])(
  '%s that is dialled after a reload is in a gap after a kill at that moment',
  async (what) => {
    await using stays = await startUpstream()
    let kill = (): void => {}
    await using comes = await startUpstream({ onSocket: () => kill() })
    const { topic } = await topicFor('TradeEvent')
    const first = { FEED_F_URLS: stays.url, FEED_F_SCHEMA: topic }
    const second =
      what === 'a URL'
        ? { ...first, FEED_F_URLS: `${stays.url},${comes.url}` }
        : { ...first, FEED_G_URLS: comes.url, FEED_G_SCHEMA: topic }
    await using reloading = await startReloading(first, { LANE_DIR: laneDir })
    const { daemon } = reloading
    kill = () => daemon.signal('SIGKILL')
    await stays.connection(1)
    await reloading.write(second)
    daemon.signal('SIGHUP')
    expect(await daemon.exited).toEqual({ code: null, signal: 'SIGKILL' })
    kill = () => {}
    await using again = startDaemon({ ...second, LANE_DIR: laneDir })
    await again.ready()
    const inGap = async (): Promise<number> => {
      const samples = await again.metrics()
      return ['f', 'g'].reduce((sum, feed) => sum + (samples.value('tributary_gaps_open', { feed }) ?? 0), 0)
    }
    await until(async () => (await inGap()) === 2, { what: 'both sources to be in a gap', timeoutMs: 5_000 })
  },
)
