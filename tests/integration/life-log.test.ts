/** The daemon's log where nobody can write it. */
import { describe, expect, it } from '@jest/globals'
import { freePort } from '../../scripts/stack/ports.ts'
import { daemonEnv, launchDaemon } from '../support/daemon.ts'
import { until } from '../support/until.ts'

describe('a log on a full disk', () => {
  it('does not keep the daemon from its end', async () => {
    const port = await freePort()
    const env = {
      ...daemonEnv(),
      METRICS_PORT: `${port}`,
      FEED_A_URLS: 'ws://127.0.0.1:9/',
      FEED_A_SCHEMA: 'x',
      DRAIN_TIMEOUT: '1s',
    }
    await using daemon = launchDaemon(env, { under: ['sh', '-c', 'exec "$@" >/dev/full', 'sh'] })
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } }).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(answers, { what: 'the daemon to run' })
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })
})
