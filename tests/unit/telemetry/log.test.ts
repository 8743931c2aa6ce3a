/** Events become log lines: what is said, how often, and what never is. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import { createLog } from '../../../app/telemetry/log.ts'
import { source } from '../../support/messages.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface Line {
  readonly level: string
  readonly msg: string
  readonly time: string
}

/** The lines of a log at `level` that was told `events`. */
async function logged(events: readonly Event[], level = 'info'): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-log-'))
  folders.push(folder)
  const fd = openSync(join(folder, 'log'), 'a')
  const log = createLog(level, fd, (text) => text)
  for (const event of events) log.write(event)
  await log.flush()
  closeSync(fd)
  const text = readFileSync(join(folder, 'log'), 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const refused = (feed: string, reason: 'not_json' | 'bad_value' = 'not_json'): Event => ({
  type: 'document.refused',
  feed,
  sourceId: 'ws://a/',
  reason,
  documents: 1,
  detail: 'no JSON',
  deadLetter: undefined,
})
const held = (first: boolean, topic = 't'): Event => ({
  type: 'produce.held',
  topic,
  partition: 1,
  reason: 'connect',
  detail: 'Kafka is away',
  first,
})

describe('the log', () => {
  it('is one JSON object a line, with level, time in ISO 8601, and text', async () => {
    const lines = await logged([{ type: 'kafka.connected', lostMs: 0 }])
    expect(lines).toEqual([{ level: 'info', time: expect.any(String), msg: 'Kafka is connected' }])
    expect(new Date(lines[0]?.time ?? '').toISOString()).toBe(lines[0]?.time)
  })

  it('says that the registry is back, and nothing of refreshes that bring nothing new', async () => {
    const fetched = { type: 'schema.fetched', subject: 's-value', id: 7, version: 2 } as const
    const lines = await logged([
      { ...fetched, changed: true, recovered: false },
      { ...fetched, changed: false, recovered: false },
      { ...fetched, changed: false, recovered: true },
    ])
    expect(lines.map(({ msg }) => msg)).toEqual([
      'subject s-value: version 2, schema id 7',
      'subject s-value: the registry has it again, version 2',
    ])
  })

  it('says ten refusals of a feed and reason in ten seconds, and no more', async () => {
    const lines = await logged([
      ...times(1_000, () => refused('a')),
      ...times(3, () => refused('a', 'bad_value')),
      ...times(20, () => refused('b')),
    ])
    const count = (feed: string, reason: string): number =>
      lines.filter(
        (line) => (line as unknown as Record<string, unknown>).feed === feed && JSON.stringify(line).includes(reason),
      ).length
    expect([count('a', 'not_json'), count('a', 'bad_value'), count('b', 'not_json')]).toEqual([10, 3, 10])
  })

  it('bounds what sources make it say per feed, whatever their number', async () => {
    const opened = (i: number, feed: string): Event => ({
      type: 'source.opened',
      source: source(`ws://h/${i}`, feed),
      afterDials: 1,
    })
    expect(await logged([...times(300, (i) => opened(i, 'a')), opened(0, 'b')])).toHaveLength(11)
  })

  it('asks about an open source that says nothing, naming the setting, and of many of a feed once', async () => {
    const quiet = (i: number, isSet = false): Event => ({
      type: 'source.quiet',
      source: source(`ws://h/${i}`, isSet ? 'b' : 'a'),
      openMs: 30_000,
      setting: 'FEED_A_OPEN_MESSAGES',
      isSet,
    })
    const lines = await logged([...times(5_000, (i) => quiet(i)), quiet(1, true)])
    expect(lines.map(({ msg }) => msg)).toEqual([
      'ws://h/0 has been open for 30 s without a message: does it wait for a subscription? FEED_A_OPEN_MESSAGES says what to send',
      'ws://h/1 has been open for 30 s without a message: does it take what FEED_A_OPEN_MESSAGES sends?',
    ])
    expect(lines[0]).toMatchObject({ level: 'warn', feed: 'a', source: 'ws://h/0' })
  })

  it('says one line when Kafka goes down and one when it is back', async () => {
    const lines = await logged([
      held(true),
      ...times(50, () => held(false)),
      { type: 'produce.resumed', topic: 't', partition: 1, heldMs: 15_049 },
    ])
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'Kafka does not take t[1]: Kafka is away; holding and trying again'],
      ['info', 'Kafka takes t[1] again after 15.0 s'],
    ])
  })

  it('says of each feed and subject how it stands, however many there are', async () => {
    const parked = times(
      30,
      (i): Event => ({ type: 'feed.parked', feed: `f${i}`, reason: 'no_subject', detail: 'none' }),
    )
    const started = times(30, (i): Event => ({ type: 'feed.started', feed: `f${i}`, topics: ['t'], sources: [] }))
    const away = times(
      30,
      (i): Event => ({ type: 'schema.unavailable', subject: `s${i}`, reason: 'connect', detail: 'away', inUse: true }),
    )
    const warned = times(30, (i): Event => ({ type: 'daemon.warned', warning: `w${i}` }))
    expect(await logged([...parked, ...started, ...away, ...warned])).toHaveLength(120)
  })

  it('says of each feed at the start what it does and where its messages wait', async () => {
    const opened = { type: 'feed.opened', feed: 'f', sources: 2, topic: 't', key: 'key from a.b' } as const
    const lines = await logged([
      { ...opened, normalise: [], directory: undefined, laneBytes: 64 * 1024 * 1024 },
      { ...opened, normalise: ['delivery'], directory: '/var/lib/tributary', laneBytes: 3_000_000 },
    ])
    expect(lines.map(({ msg }) => msg)).toEqual([
      'feed f: sources 2, topic t, key from a.b, not normalised; lane in memory, gone with the process, up to 64 MiB',
      'feed f: sources 2, topic t, key from a.b, normalised by delivery; lane on disk in /var/lib/tributary, up to 2.9 MiB',
    ])
  })

  it('is silent below its level', async () => {
    const stopped: Event = {
      type: 'source.lost',
      source: source(),
      reason: 'stopped',
      code: 1001,
      detail: '',
      openMs: 5,
      redialInMs: undefined,
    }
    expect(await logged([stopped])).toEqual([])
    expect((await logged([stopped], 'debug')).map(({ level }) => level)).toEqual(['debug'])
  })
})
