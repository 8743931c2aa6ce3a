// The file of the configuration changes while the daemon runs, and nobody sends a signal.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
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
