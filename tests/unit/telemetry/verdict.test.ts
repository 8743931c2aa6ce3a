/** The one sentence on /status. */
import { describe, expect, it } from '@jest/globals'
import { Status } from '../../../app/telemetry/status.ts'
import { verdictOf } from '../../../app/telemetry/verdict.ts'
import { source } from '../../support/messages.ts'

const [a, b] = [
  { ...source('ws://a/'), feed: 'a' },
  { ...source('ws://b/'), feed: 'b' },
]

/** Two feeds of one source each, both running and open, and Kafka there. */
function healthy(): Status {
  const status = new Status()
  for (const info of [a, b]) {
    status.addFeed(info.feed, [info])
    status.apply({ type: 'feed.started', feed: info.feed, topics: ['t'], sources: [info] })
    status.apply({ type: 'source.opened', source: info, afterDials: 1 })
  }
  status.apply({ type: 'kafka.connected', lostMs: 0 })
  return status
}

describe('the verdict', () => {
  it('says how many feeds run, and no more when all is well', () => {
    expect(verdictOf(healthy())).toBe('2 of 2 feeds run')
  })

  it('names what does not run, and why', () => {
    const status = healthy()
    status.addFeed('c', [])
    status.apply({ type: 'feed.parked', feed: 'b', reason: 'no_subject', detail: 'no subject x-value' })
    expect(verdictOf(status)).toBe('1 of 3 feeds run; feed b is parked: no subject x-value; feed c is starting')
  })

  it('names Kafka, sources that are not open and lanes that cannot write, as long as it is so', () => {
    const status = new Status()
    status.addFeed('a', [a])
    status.apply({ type: 'feed.started', feed: 'a', topics: ['t'], sources: [a] })
    status.apply({ type: 'lane.held', feed: 'a', detail: 'the disk is full', isNews: true })
    expect(verdictOf(status)).toBe(
      '1 of 1 feeds run; Kafka is not connected; the lane of feed a cannot write: the disk is full; feed a has 0 of 1 sources open',
    )
    status.apply({ type: 'lane.resumed', feed: 'a', heldMs: 1 })
    status.apply({ type: 'kafka.connected', lostMs: 0 })
    status.apply({ type: 'source.opened', source: a, afterDials: 1 })
    expect(verdictOf(status)).toBe('1 of 1 feeds run')
  })

  it('names what Kafka does not take, as long as it is so', () => {
    const status = healthy()
    const held = { type: 'produce.held', topic: 't', reason: 'no_topic', first: true } as const
    status.apply({ ...held, partition: 0, detail: 'Kafka has no topic t' })
    status.apply({ ...held, partition: 1, detail: 'Kafka has no topic t' })
    status.apply({ ...held, partition: 1, detail: 'no leader', first: false })
    expect(verdictOf(status)).toBe(
      '2 of 2 feeds run; Kafka does not take t[0]: Kafka has no topic t; Kafka does not take t[1]: no leader',
    )
    status.apply({ type: 'produce.resumed', topic: 't', partition: 0, heldMs: 1 })
    status.apply({ type: 'produce.left', topic: 't', partition: 1 })
    status.apply({ ...held, partition: 2, reason: 'too_large', first: false, detail: 'in smaller pieces' })
    expect(verdictOf(status)).toBe('2 of 2 feeds run')
  })

  it('stays one line of bounded length, whatever there is to say', () => {
    const status = new Status([])
    for (let at = 0; at < 100; at++) {
      status.addFeed(`f${at}`, [])
      status.apply({ type: 'feed.parked', feed: `f${at}`, reason: 'unknown', detail: 'long\n'.repeat(1_000) })
    }
    const verdict = verdictOf(status)
    expect(verdict).toMatch(/^0 of 100 feeds run; feed f0 is parked: long long .*…; .*; and 97 more$/)
    expect(verdict.length).toBeLessThan(800)
  })
})
