/** The start: a stop is heard at every moment of it, and a directory that is of no use ends it with 69 and the reason. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Daemon, daemonEnv, launchDaemon, startDaemon } from '../support/daemon.ts'
import { topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { mountFreezable } from '../support/frozen-disk.ts'
import { descendants } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

let laneDir: string
beforeEach(async () => {
  laneDir = await mkdtemp(join(tmpdir(), 'lanes-'))
})
afterEach(() => rm(laneDir, { recursive: true, force: true }))

const FEED = 'finnhub_trade'

async function start(directory = laneDir): Promise<Daemon> {
  const { topic } = await topicFor('TradeEvent')
  return startDaemon({ ...tradeFeed(topic, ['ws://127.0.0.1:9']), LANE_DIR: directory, DRAIN_TIMEOUT: '5s' })
}

const said = ({ log }: Daemon): string => log.map(({ msg }) => msg).join('\n')

describe('a directory of no use', () => {
  it.each([
    [
      'where nothing can be made',
      () => '/proc/nope',
      '(ENOENT); choose another LANE_DIR: no directory can be made there',
    ],
    ['that is a file', () => '/dev/null', '(EEXIST); choose another LANE_DIR: a part of that path is no directory'],
    ['below a file', () => '/dev/null/lanes', '(ENOTDIR); choose another LANE_DIR'],
    ['whose name is too long', () => join(laneDir, 'x'.repeat(300)), '(ENAMETOOLONG); make it writable'],
    ['whose path is too long for a lock', () => join(laneDir, 'x'.repeat(100)), 'too long for a lock'],
  ])('%s ends it with 69 and the reason', async (_, directory, reason) => {
    await using daemon = await start(directory())
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    expect(said(daemon)).toContain(reason)
  })

  it('that is not ours ends it with 69, and names user and command', async () => {
    const { topic } = await topicFor('TradeEvent')
    const theirs = join(laneDir, 'theirs')
    await mkdir(theirs, { mode: 0o755 })
    execFileSync('chmod', ['755', laneDir])
    if (process.getuid?.() !== 0) return console.warn('not run: only root can become somebody else')
    const under = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups']
    const [command = '', ...args] = [...under, process.execPath, '--check', 'app/main.ts']
    const canRun = spawnSync(command, args).status === 0
    if (!canRun) return console.warn('not run: others may not read this checkout')
    const env = { ...daemonEnv(), ...tradeFeed(topic, ['ws://127.0.0.1:9']), LANE_DIR: theirs }
    await using daemon = launchDaemon(env, { under })
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    expect(said(daemon)).toContain(
      `LANE_DIR ${theirs} cannot be written to (EACCES); this process is user 1000:1000. As root: mkdir -p ${theirs} && chown -R 1000:1000 ${theirs}`,
    )
  })

  it.each([
    ['data.mdb', 69],
    ['passed', 0],
    ['gaps.json', 0],
  ])('with a pipe in the place of %s is not waited for', async (name, code) => {
    await mkdir(join(laneDir, FEED))
    execFileSync('mkfifo', [join(laneDir, FEED, name)])
    await using daemon = await start()
    await until(() => !daemon.running || said(daemon).includes('has started'), { what: 'a start or an end' })
    expect((await daemon.stop()).code).toBe(code)
  })
})

describe('a directory that does not answer', () => {
  it('ends the start with 69 after some seconds, and a stop ends it before that with 0', async () => {
    await using disk = await mountFreezable()
    if (!disk) return console.warn('not run: only root can mount a disk and freeze it')
    const directory = join(disk.path, 'lanes')
    await disk.freeze()
    await using patient = await start(directory)
    await using told = await start(directory)
    await told.said('metrics on')
    await until(() => descendants(told.pid).length > 1, { what: 'a look at the directory' })
    expect((await told.get('/readyz')).status).toBe(503)
    expect(await told.feed(FEED)).toMatchObject({ state: 'starting' })
    expect(await told.stop()).toEqual({ code: 0, signal: null })
    expect(await patient.exited).toEqual({ code: 69, signal: null })
    expect(said(patient)).toContain(`LANE_DIR ${directory} has not answered for 10 s`)
  }, 60_000)

  it('does not keep the last line waiting, though it answered at the start', async () => {
    await using disk = await mountFreezable()
    if (!disk) return console.warn('not run: only root can mount a disk and freeze it')
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send(tradeText('1')) })
    const { topic } = await topicFor('TradeEvent')
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: disk.path, DRAIN_TIMEOUT: '2s' }
    await using daemon = startDaemon({ ...env, BOOTSTRAP_SERVERS: '127.0.0.1:9' })
    await daemon.said('has started')
    await until(async () => (await daemon.feed(FEED)).ledger.messages.held === 1, { what: 'a message' })
    await disk.freeze()
    daemon.signal('SIGTERM')
    // Nothing ends a thread that waits for such a disk, not even SIGKILL.
    await daemon.said(/stopped with code (0; kept 1 messages|1; 1 messages undelivered)/).finally(disk.thaw)
    expect((await daemon.exited).signal).toBeNull()
  }, 60_000)
})

describe('a name that nobody looks up', () => {
  it('keeps no stop waiting', async () => {
    const hole = createSocket('udp4')
    const configuration = join(laneDir, 'resolv.conf')
    // Nobody answers there.
    const address = '127.0.0.77'
    try {
      await new Promise<void>((resolve, reject) => hole.once('error', reject).bind(53, address, resolve))
      execFileSync('unshare', ['-m', 'true'])
    } catch {
      hole.close()
      return console.warn('not run: only root can be a name server, and hide that of the machine from one process')
    }
    await writeFile(configuration, `nameserver ${address}\n`)
    const { topic } = await topicFor('TradeEvent')
    const env = { ...daemonEnv(), ...tradeFeed(topic, ['ws://nobody.example.org/']), DRAIN_TIMEOUT: '2s' }
    const hidden = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    await using daemon = launchDaemon(env, { under: ['unshare', '-m', 'sh', '-c', hidden, configuration] })
    await using _hole = { [Symbol.asyncDispose]: async () => void hole.close() }
    const asked = new Promise((resolve) => hole.once('message', resolve))
    await daemon.ready()
    await asked
    const from = performance.now()
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    // A resolver tries for ten seconds.
    expect(performance.now() - from).toBeLessThan(5_000)
    expect(daemon.log.at(-1)?.msg).toBe('stopped with code 0')
  })
})
