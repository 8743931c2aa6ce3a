// The file of the configuration changes while the daemon runs, and nobody sends a signal.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Daemon, daemonEnv, launchDaemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('is read again when it changes, with the files it names; what is wrong in it changes nothing and is named with its place', async () => {
  await using stays = await startUpstream()
  await using comes = await startUpstream()
  const { topic } = await topicFor('TradeEvent')
  const path = join(folder, 'tributary.yaml')
  const urls = join(folder, 'urls')
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
  const feeds = (...more: string[]): string =>
    ['feeds:', '  stays:', `    urls_file: ${urls}`, `    schema: ${topic}`, ...more, ''].join('\n')
  await write(urls, stays.url)
  await write(path, feeds())
  await using daemon = startDaemon({ TRIBUTARY_CONFIG: path })
  await stays.connection(1)

  await write(path, feeds('  comes:', `    urls: ${comes.url}`, `    schemaa: ${topic}`))
  const { msg } = await daemon.said('refused, the one before stays in force')
  expect(msg).toMatch(/schemaa.*line 7.*column 5|schemaa.*7:5/)
  expect((await daemon.metrics()).value('tributary_config_last_reload_successful')).toBe(0)

  await write(path, feeds('  comes:', `    urls: ${comes.url}`, `    schema: ${topic}`))
  await comes.connection(1)
  await daemon.said(/read again: feeds added: comes/)
  await write(urls, `${stays.url}?symbol=A,${stays.url}`)
  await until(() => stays.sockets.length === 2, { what: 'the file of URLs to be read' })
  expect(stays.closed).toEqual([])
  stays.sendAll(tradeText('1'))
  await settled(daemon, 'stays', 2)
  expect((await daemon.metrics()).value('tributary_config_last_reload_successful')).toBe(1)
  expect(await daemon.stop()).toEqual({ code: 0, signal: null })
})

const PROGRAM = 'tests/support/usual-file-program.ts'
const refusals = ({ log }: Daemon): string[] =>
  log.flatMap(({ msg }) => (msg.includes('read again and refused') ? [msg] : []))
const feed = (name: string, url: string, topic: string): string => `  ${name}: {urls: "${url}", schema: ${topic}}\n`

it('in its usual place is read when it appears; gone or empty it stays in force, and that is said', async () => {
  await using first = await startUpstream()
  await using second = await startUpstream()
  const { topic } = await topicFor('TradeEvent')
  const path = join(folder, 'tributary.yaml')
  const env = { ...daemonEnv(), FEED_FIRST_URLS: first.url, FEED_FIRST_SCHEMA: topic, USUAL_FILE: path }
  await using daemon = launchDaemon(env, { entry: PROGRAM })
  await first.connection(1)
  await writeFile(path, `feeds:\n${feed('second', second.url, topic)}`)
  await second.connection(1)
  await daemon.said(/read again: feeds added: second/)

  await rm(path)
  await daemon.said(/refused.*tributary\.yaml.*is gone/)
  await writeFile(path, '# nothing\n')
  await daemon.said(/refused.*tributary\.yaml is empty/)
  expect((await daemon.metrics()).value('tributary_config_last_reload_successful')).toBe(0)
  await writeFile(path, `feeds:\n${feed('second', `${second.url},${second.url}?b`, topic)}`)
  await second.connection(2)
  expect((await daemon.metrics()).value('tributary_config_last_reload_successful')).toBe(1)
  expect(refusals(daemon)).toHaveLength(2)
  expect([...first.closed, ...second.closed]).toEqual([])
  expect(await daemon.stop()).toEqual({ code: 0, signal: null })
})

it('is followed through links that are swapped, and through whatever takes its place', async () => {
  await using upstream = await startUpstream()
  const { topic } = await topicFor('TradeEvent')
  const [path, data, next] = ['tributary.yaml', '..data', '..next'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  // As Kubernetes does with a ConfigMap.
  const publish = async (version: string, urls: number): Promise<void> => {
    await mkdir(join(folder, version))
    const list = Array.from({ length: urls }, (_, at) => `${upstream.url}?at=${at}`).join()
    await writeFile(join(folder, version, 'tributary.yaml'), `feeds:\n${feed('f', list, topic)}`)
    await symlink(version, next)
    await rename(next, data)
  }
  const open = (count: number): Promise<void> =>
    until(() => upstream.sockets.length === count, { what: `${count} sockets`, timeoutMs: 20_000 })
  await publish('..1', 1)
  await symlink(join('..data', 'tributary.yaml'), path)
  await using daemon = startDaemon({ TRIBUTARY_CONFIG: path, DIAL_RATE: '100' })
  await open(1)
  await publish('..2', 2)
  await open(2)
  await rm(join(folder, '..1'), { recursive: true })
  await rm(data)
  await daemon.said(/refused.*TRIBUTARY_CONFIG names a file that cannot be read \(ENOENT\)/)
  await publish('..3', 3)
  await open(3)
  await rm(path)
  await mkdir(path)
  await daemon.said(/refused.*TRIBUTARY_CONFIG names a directory/)
  expect((await daemon.metrics()).value('tributary_config_last_reload_successful')).toBe(0)
  await rm(path, { recursive: true })
  await symlink(join('..data', 'tributary.yaml'), path)
  await publish('..4', 4)
  await open(4)
  await writeFile(join(folder, '..4', 'tributary.yaml'), '')
  await daemon.said(/refused.*tributary\.yaml is empty/)
  expect(refusals(daemon)).toHaveLength(3)
  expect(upstream.closed).toEqual([])
  expect(await daemon.stop()).toEqual({ code: 0, signal: null })
}, 90_000)
