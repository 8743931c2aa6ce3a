/** The wait-and-retry loop against a sink whose answers are scripted. */
import { afterEach, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { Event } from '../../../app/events.ts'
import { steadyNow } from '../../../app/lib/clock.ts'
import type { KafkaRecord, Refusal, Sink } from '../../../app/model.ts'
import { hold } from '../../../app/produce/hold.ts'
import { BATCH_OVERHEAD_BYTES, recordBytes, sizeRefusal } from '../../../app/produce/record-size.ts'
import { Status } from '../../../app/telemetry/status.ts'
import { until } from '../../support/until.ts'

type Answer = (records: readonly KafkaRecord[]) => Promise<readonly Refusal[]>
const record = (text: string): KafkaRecord => ({ key: null, value: Buffer.from(text), timestamp: 0 })
const text = (records: readonly KafkaRecord[]): string => records.map((r) => r.value.toString()).join('')
const ok: Answer = async () => []

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const outlet of opened.splice(0)) await outlet.close()
})

/** A hold over a sink that plays `answers` and then takes everything. */
async function rig(
  answers: Answer[],
  {
    partitions = 1,
    maxMessageBytes = 1_000_000,
    missingForMs = 0,
    required = true,
    mostRecords = undefined as number | undefined,
  } = {},
) {
  const writes: { partition: number; text: string }[] = []
  const taken: string[] = []
  const most = { inFlight: 0, now: 0 }
  const topic = { partitions, maxMessageBytes }
  const sink: Sink = {
    mostRecords,
    describe: async () => ({ ...topic }),
    async write(_topic, partition, records) {
      writes.push({ partition, text: text(records) })
      most.now++
      most.inFlight = Math.max(most.inFlight, most.now)
      try {
        if (partition >= topic.partitions) throw new Unavailable('no_topic', 'no such partition')
        const refused = await (answers.shift() ?? ok)(records)
        taken.push(
          ...records.filter((_, i) => !refused.some(({ index }) => index === i)).map((r) => r.value.toString()),
        )
        return refused
      } catch (error) {
        if (error instanceof Unavailable) taken.push(...records.slice(0, error.settled).map((r) => r.value.toString()))
        throw error
      } finally {
        most.now--
      }
    },
    close: async () => {},
  }
  const events: Event[] = []
  const outlet = hold(sink, { lingerMs: 0, brokers: [], missingForMs, describeEveryMs: 5 }, (event) =>
    events.push(event),
  )
  opened.push(outlet)
  if (required) await outlet.open('t')
  else await outlet.find('t')
  const settled = { produced: 0, refused: [] as string[], expired: 0 }
  const settlement = {
    produced: (records: number) => {
      settled.produced += records
    },
    refused: ({ reason }: Refusal) => {
      settled.refused.push(reason)
    },
    expired: (records: number) => {
      settled.expired += records
    },
  }
  const add = (value: string, hash = 0, expiresAt?: number): void =>
    outlet.add({ topic: 't', subject: 's', key: null, hash }, { ...record(value), expiresAt }, settlement)
  return { add, writes, taken, events, settled, outlet, most, topic }
}

describe('a topic that is forgotten', () => {
  it('is looked at no more and said so once; it may be opened again', async () => {
    const { add, outlet, events, settled, topic } = await rig([])
    add('a')
    await until(() => settled.produced === 1, { what: 'the record' })
    outlet.forget('t')
    outlet.forget('t')
    expect(events.filter(({ type }) => type === 'topic.left')).toEqual([{ type: 'topic.left', topic: 't' }])
    expect(() => add('b')).toThrow('not opened')
    topic.partitions = 3
    await outlet.open('t')
    add('c', 2)
    await until(() => settled.produced === 2, { what: 'the next record' })
  })

  it('is not opened by an answer that was asked for before', async () => {
    const { add, outlet } = await rig([])
    outlet.forget('t')
    const asked = outlet.open('t')
    outlet.forget('t')
    await asked
    expect(() => add('a')).toThrow('not opened')
  })
})

describe('the hold loop', () => {
  it('writes no more records at once than the sink handles well', async () => {
    const { add, writes, settled, most } = await rig([], { mostRecords: 4 })
    for (const c of 'abcdefghij') add(c)
    await until(() => settled.produced === 10, { what: 'all produced' })
    expect(writes.map(({ text }) => text).join('')).toBe('abcdefghij')
    expect(Math.max(...writes.map(({ text }) => text.length))).toBe(4)
    expect(most.inFlight).toBe(1)
  })

  it('gathers what is added in one turn into one write, in order', async () => {
    const { add, writes, settled } = await rig([])
    for (const c of 'abcdef') add(c)
    await until(() => settled.produced === 6, { what: 'all produced' })
    expect(writes).toEqual([{ partition: 0, text: 'abcdef' }])
  })

  it('tries the rest again after a failure, without what was settled, in order and with one write in flight', async () => {
    const fail: Answer = async () => {
      throw new Unavailable('connect', 'gone', { settled: 2 })
    }
    const { add, taken, settled, events, most } = await rig([fail, fail])
    for (const c of 'abcdef') add(c)
    await until(() => settled.produced === 6, { what: 'all produced' })
    expect(taken.join('')).toBe('abcdef')
    expect(most.inFlight).toBe(1)
    expect(events.filter((e) => e.type === 'produce.held').map((e) => e.first)).toEqual([true, false])
    expect(events.filter((e) => e.type === 'produce.resumed')).toHaveLength(1)
    expect(events.filter((e) => e.type === 'records.requested')).toEqual([
      { type: 'records.requested', topic: 't', records: 6 },
    ])
  })

  it('names each reason once while it holds', async () => {
    const fail =
      (reason: 'connect' | 'not_enough_replicas'): Answer =>
      async () => {
        throw new Unavailable(reason, reason)
      }
    const [away, alone] = [fail('connect'), fail('not_enough_replicas')]
    const { add, settled, events } = await rig([away, alone, away])
    add('a')
    await until(() => settled.produced === 1, { what: 'it to be produced' })
    const held = events.filter((e) => e.type === 'produce.held')
    expect(held.map(({ reason, first }) => [reason, first])).toEqual([
      ['connect', true],
      ['not_enough_replicas', true],
      ['connect', false],
    ])
  })

  it('isolates the record that a broker will not take, by halving', async () => {
    const picky: Answer = async (records) => {
      if (!text(records).includes('X')) return []
      if (records.length > 1) throw new Unavailable('invalid_record', 'one of them')
      return [{ index: 0, reason: 'broker_refused', detail: '' }]
    }
    const { add, taken, settled } = await rig(Array.from({ length: 20 }, () => picky))
    for (const c of 'abcXdefg') add(c)
    await until(() => settled.produced + settled.refused.length === 8, { what: 'all settled' })
    expect(taken.join('')).toBe('abcdefg')
    expect(settled.refused).toEqual(['broker_refused'])
  })

  it('does not let one partition wait for another', async () => {
    const never: Answer = () => new Promise(() => {})
    const { add, settled } = await rig([never], { partitions: 2 })
    add('stuck', 0)
    await until(() => true, { what: 'nothing' })
    add('free', 1)
    await until(() => settled.produced === 1, { what: 'the other partition' })
  })

  it('moves what waits for partitions that are gone to those that are left, before what comes later', async () => {
    const release = Promise.withResolvers<void>()
    const gone: Answer = async () => {
      await release.promise
      throw new Unavailable('no_topic', 'no such partition', { settled: 1 })
    }
    const { add, writes, taken, settled, topic } = await rig([gone, gone], { partitions: 4 })
    for (const c of 'abc') add(c, 2)
    for (const c of 'ABC') add(c, 3)
    await until(() => writes.length === 2, { what: 'both writes' })
    topic.partitions = 1
    // Waiting behind the write that is under way.
    for (const c of 'de') add(c, 2)
    add('D', 3)
    release.resolve()
    await until(() => settled.produced === 9, { what: 'all produced' })
    add('f', 2)
    await until(() => settled.produced === 10, { what: 'a later one' })
    expect(taken.filter((c) => c >= 'a').join('')).toBe('abcdef')
    expect(taken.filter((c) => c < 'a').join('')).toBe('ABCD')
    expect(writes.at(-1)).toEqual({ partition: 0, text: 'f' })
  })

  it('keeps each write within the limit of the topic, and refuses alone what can never fit', async () => {
    const { add, writes, settled } = await rig([], { maxMessageBytes: 1_000 })
    add('x'.repeat(2_000))
    for (let i = 0; i < 50; i++) add('y'.repeat(100))
    await until(() => settled.produced === 50, { what: 'the fitting ones' })
    expect(settled.refused).toEqual(['too_large'])
    for (const { text: written } of writes) {
      const size = (written.length / 100) * recordBytes(record('y'.repeat(100))) + BATCH_OVERHEAD_BYTES
      expect(size).toBeLessThanOrEqual(1_000)
    }
  })

  it('does not write what has become too old, and keeps the order of the rest', async () => {
    const { add, taken, settled } = await rig([])
    const past = Date.now() - 1
    const future = Date.now() + 3_600_000
    add('a', 0, past)
    add('b', 0, future)
    add('c', 0, past)
    add('d')
    await until(() => settled.produced === 2 && settled.expired === 2, { what: 'all settled' })
    expect(taken.join('')).toBe('bd')
  })

  it('gives up what became too old while Kafka did not take it', async () => {
    const expiresAt = Date.now() + 50
    const away: Answer = async () => {
      if (Date.now() <= expiresAt) throw new Unavailable('connect', 'gone')
      return []
    }
    const { add, taken, settled } = await rig(Array.from({ length: 100 }, () => away))
    add('a', 0, expiresAt)
    add('b')
    await until(() => settled.produced + settled.expired === 2, { what: 'all settled' })
    expect({ taken: taken.join(''), ...settled }).toEqual({ taken: 'b', produced: 1, expired: 1, refused: [] })
  })

  it.each(['no_topic', 'authorization'] as const)(
    'refuses what a topic that need not be there does not take for %s',
    async (reason) => {
      const fail: Answer = async () => {
        throw new Unavailable(reason, 'missing')
      }
      const { add, settled, writes } = await rig([fail, fail], { required: false })
      for (const c of 'ab') add(c)
      await until(() => settled.refused.length === 2, { what: 'refused' })
      expect(writes).toHaveLength(2)
    },
  )

  it('waits once for a topic that need not be there, not once for each request', async () => {
    const fail: Answer = async () => {
      throw new Unavailable('no_topic', 'missing')
    }
    const { add, settled, writes } = await rig([fail, fail, fail], { required: false })
    add('a')
    await until(() => settled.refused.length === 1, { what: 'the first to be refused' })
    add('b')
    await until(() => settled.refused.length === 2, { what: 'the second to be refused' })
    expect(writes).toHaveLength(3)
    add('c')
    await until(() => settled.produced === 1, { what: 'the third to be taken' })
  })

  it('holds for ever what a required topic does not take, also one that was found first', async () => {
    const fail: Answer = async () => {
      throw new Unavailable('no_topic', 'missing')
    }
    const { add, settled, outlet } = await rig([fail, fail, fail], { required: false })
    await outlet.open('t')
    add('a')
    await until(() => settled.produced === 1, { what: 'taken in the end' })
    expect(settled.refused).toEqual([])
  })

  it.each([
    ['is taken', {}, undefined],
    ['expires', {}, 50],
    ['is given up', { required: false }, undefined],
    ['moves', { partitions: 2 }, undefined],
  ])('says of what is held that it is no longer, when it %s', async (way, options, ageMs) => {
    let isAway = true
    const fail: Answer = async () => {
      if (isAway) throw new Unavailable('no_topic', 'missing')
      return []
    }
    const tries = Array.from({ length: 100 }, () => fail)
    const { add, settled, events, topic } = await rig(tries, { missingForMs: 300, ...options })
    const status = (): string[] => {
      const picture = new Status()
      for (const event of events) picture.apply(event)
      return [...picture.held.keys()]
    }
    const partition = way === 'moves' ? 1 : 0
    add('a', partition, ageMs === undefined ? undefined : steadyNow() + ageMs)
    await until(() => status().length === 1, { what: 'held' })
    expect(status()).toEqual([`t[${partition}]`])
    if (way === 'moves') topic.partitions = 1
    if (way === 'is taken' || way === 'moves') isAway = false
    await until(() => settled.produced + settled.expired + settled.refused.length === 1, { what: 'settled' })
    await until(() => status().length === 0, { what: 'no longer held' })
  })

  it('stops trying when it is closed', async () => {
    const fail: Answer = async () => {
      throw new Unavailable('connect', 'gone')
    }
    const { add, outlet, writes, settled } = await rig(Array.from({ length: 100 }, () => fail))
    add('a')
    await until(() => writes.length > 0, { what: 'a first try' })
    await outlet.close()
    expect(settled.produced).toBe(0)
    add('b')
    expect(settled.produced).toBe(0)
  })
})

describe('record size', () => {
  it('is exact at the limit', () => {
    const at = record('v'.repeat(500))
    // length 2 + attributes 1 + timestamp delta 1 + offset delta 1 + null key 1 + value length 2 + value + header count 1
    const exact = BATCH_OVERHEAD_BYTES + 2 + 1 + 1 + 1 + 1 + 2 + 500 + 1
    expect(sizeRefusal(at, { partitions: 1, maxMessageBytes: exact })).toBeUndefined()
    expect(sizeRefusal(at, { partitions: 1, maxMessageBytes: exact - 1 })).toMatchObject({ reason: 'too_large' })
  })
})
