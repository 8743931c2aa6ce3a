/** Gaps as they follow from events: when one begins, what ends it, what it says. */
import { describe, expect, it } from '@jest/globals'
import { describeSources } from '../../../app/dial/address.ts'
import type { Event } from '../../../app/events.ts'
import type { Gap } from '../../../app/gaps/record.ts'
import { GapTracker, type SavedFeed } from '../../../app/gaps/tracker.ts'
import { identityOf } from '../../../app/lib/source-id.ts'
import type { SourceInfo } from '../../../app/model.ts'
import { source } from '../../support/messages.ts'

const a = source('ws://a/')
const b = source('ws://b/')

/** A tracker of feed f on a clock of the test's own, and what it told. */
function tracking(before?: SavedFeed, startAt = 1_000) {
  const clock = { now: startAt }
  const tracker = new GapTracker(() => clock.now)
  tracker.addFeed('f', [a, b], before)
  const gaps: Gap[] = []
  const emit = (event: Event): void => {
    if (event.type === 'gap.ended') gaps.push(event)
  }
  const at = (now: number) => {
    clock.now = now
    return {
      message: (from: SourceInfo, firstAt = now) =>
        tracker.apply({ type: 'messages.received', source: from, messages: 1, firstAt, at: now }, emit),
      kept: (from: SourceInfo) => tracker.apply({ type: 'messages.kept', source: from, at: now }, emit),
      behind: (from: SourceInfo, since: number) => tracker.apply({ type: 'source.behind', source: from, since }, emit),
      dialled: (from: SourceInfo) => tracker.apply({ type: 'source.dialled', source: from }, emit),
      opened: (from: SourceInfo) => tracker.apply({ type: 'source.opened', source: from, afterDials: 1 }, emit),
      refused: (from: SourceInfo) =>
        tracker.apply({ type: 'source.refused', source: from, reason: 'handshake_status', detail: '' }, emit),
      lost: (from: SourceInfo, over: Partial<Extract<Event, { type: 'source.lost' }>> = {}) => {
        const event = { reason: 'closed', code: 4000, detail: '', openMs: 5, redialInMs: 1 } as const
        return tracker.apply({ type: 'source.lost', source: from, ...event, ...over }, emit)
      },
      endAll: () => tracker.endAll(emit),
      millis: (reason: string) => tracker.millis().get('f')?.get(reason),
      open: () => tracker.open().get('f'),
      saved: (from: SourceInfo) => tracker.saved('f').get(from.id),
    }
  }
  return { at, gaps, tracker }
}

describe('what an earlier process left', () => {
  const saved = { keptUntil: 500, lastMessageAt: 400, gap: undefined }
  const [now] = describeSources('f', ['ws://h/?s=1'], 'auto')

  it.each([
    ['the id that 0.1.0 gave', 'ws://h/?s=***'],
    ['its identity', identityOf('ws://h/?s=1')],
  ])('is found by %s', (_what, id) => {
    if (!now) throw new Error('no source')
    const tracker = new GapTracker(() => 1_000)
    tracker.addFeed('f', [now], { stopped: true, sources: new Map([[id, saved]]) })
    expect(tracker.gapOf(now)).toMatchObject({ reason: 'restart', beganAt: 500 })
    expect([...tracker.saved('f').keys()]).toEqual([identityOf('ws://h/?s=1')])
  })
})

describe('sources that come and go', () => {
  it('are known from when they join, and their gap ends when they leave', () => {
    const { at, gaps, tracker } = tracking()
    const c = source('ws://c/')
    at(2_000).message(c)
    expect(tracker.size).toBe(2)
    tracker.apply({ type: 'source.joined', source: c }, () => {})
    expect(tracker.size).toBe(3)
    at(3_000).message(c)
    at(4_000).lost(c)
    const told: Event[] = []
    tracker.apply({ type: 'source.left', source: c }, (event) => told.push(event))
    expect(told).toMatchObject([{ type: 'gap.ended', source: c, beganAt: 4_000, endedAt: 4_000 }])
    expect([tracker.size, tracker.gapOf(c), gaps]).toEqual([2, undefined, []])
  })

  it('of a feed that starts again begin with a gap, from when we closed them', () => {
    const { at, tracker } = tracking()
    at(2_000).message(a)
    at(3_000).lost(a, { reason: 'stopped', redialInMs: undefined })
    at(3_500)
    for (const one of [a, b]) tracker.apply({ type: 'source.joined', source: one }, () => {})
    expect(tracker.gapOf(a)).toMatchObject({ reason: 'restart', beganAt: 3_000 })
    expect(tracker.gapOf(b)).toBeUndefined()
  })
})

describe('a gap', () => {
  it('runs from the loss to the first message after, with reason, close code, dials and the last message before', () => {
    const { at, gaps } = tracking()
    at(2_000).message(a)
    at(3_000).lost(a)
    at(4_000).dialled(a)
    at(4_100).lost(a, { reason: 'connect', openMs: undefined, code: undefined })
    at(5_000).dialled(a)
    at(5_100).opened(a)
    expect(gaps).toEqual([])
    at(6_000).message(a, 5_900)
    expect(gaps).toEqual([
      {
        type: 'gap.ended',
        source: a,
        reason: 'closed',
        beganAt: 3_000,
        endedAt: 5_900,
        lastMessageAt: 2_000,
        code: 4000,
        dials: 2,
        sequence: undefined,
      },
    ])
  })

  it('is one while a source flaps without a message, and several when messages come between', () => {
    const { at, gaps } = tracking()
    at(2_000).message(a)
    for (let now = 3_000; now < 9_000; now += 1_000) {
      at(now).lost(a, { reason: now === 3_000 ? 'silent' : 'closed' })
      at(now + 1).dialled(a)
      at(now + 2).opened(a)
    }
    at(9_500).message(a)
    expect(gaps.map(({ reason, beganAt, endedAt, dials }) => [reason, beganAt, endedAt, dials])).toEqual([
      ['silent', 3_000, 9_500, 6],
    ])
    at(9_600).lost(a, { reason: 'ended', code: 1001 })
    at(9_700).message(a)
    expect(gaps).toHaveLength(2)
    expect(gaps[1]).toMatchObject({ reason: 'ended', code: 1001, dials: 0, lastMessageAt: 9_500 })
  })

  it('does not begin before the first opening: neither with a dial that fails nor at the end of the process', () => {
    const { at, gaps, tracker } = tracking()
    at(1_500).lost(a, { reason: 'handshake_status', code: 503, openMs: undefined })
    at(1_600).refused(b)
    expect(at(9_000).open()).toBe(0)
    at(9_000).endAll()
    const unopened = { keptUntil: 9_000, lastMessageAt: 0, gap: undefined, unopened: true }
    expect([gaps, tracker.gapOf(a), at(9_000).saved(a), at(9_000).saved(b)]).toEqual([
      [],
      undefined,
      unopened,
      unopened,
    ])
    at(9_500).opened(a)
    at(9_600).lost(a, { openMs: 100 })
    at(9_700).message(a)
    expect(gaps).toEqual([expect.objectContaining({ reason: 'closed', beganAt: 9_600, lastMessageAt: 0 })])
  })

  it('that a restart began goes on while dials fail', () => {
    const before = { keptUntil: 500, lastMessageAt: 400, gap: undefined }
    const { at, gaps } = tracking({ sources: new Map([[a.id, before]]), stopped: true })
    at(1_500).lost(a, { reason: 'connect', code: undefined, openMs: undefined })
    expect(at(2_000).saved(a)).toMatchObject({ gap: { reason: 'restart', beganAt: 500 } })
    at(2_500).message(a)
    expect(gaps).toEqual([expect.objectContaining({ reason: 'restart', beganAt: 500, endedAt: 2_500 })])
  })

  it('that began with a refused dial has no close code: an HTTP status is none', () => {
    const { at, gaps } = tracking()
    at(1_000).message(a)
    at(1_100).lost(a, { reason: 'stopped' })
    at(1_500).lost(a, { reason: 'handshake_status', code: 503, openMs: undefined })
    at(2_500).message(a)
    expect(gaps).toEqual([expect.objectContaining({ reason: 'handshake_status', code: undefined })])
  })

  it('of a source that is refused stays open', () => {
    const { at, gaps } = tracking()
    at(1_000).opened(a)
    at(2_000).refused(a)
    expect(at(9_000).open()).toBe(1)
    expect(at(9_000).millis('handshake_status')).toBe(7_000)
    expect(gaps).toEqual([])
  })

  it('is one source’s own, and none at a stop', () => {
    const { at, gaps } = tracking()
    at(2_000).lost(a)
    at(2_500).message(b)
    at(2_600).lost(b, { reason: 'stopped' })
    expect([at(2_700).open(), gaps]).toEqual([1, []])
    at(3_000).message(a)
    expect(gaps.map(({ source }) => source)).toEqual([a])
  })

  it('never ends before it begins, and has its last message not after it began, whatever the clock does', () => {
    const { at, gaps } = tracking(undefined, 10_000)
    at(20_000).message(a)
    at(12_000).lost(a)
    at(11_000).message(a)
    expect(gaps).toEqual([expect.objectContaining({ beganAt: 12_000, endedAt: 12_000, lastMessageAt: 12_000 })])
  })

  it('reaches back to when all was read, if the source was not read as fast as it wrote', () => {
    const { at, gaps } = tracking()
    at(2_000).message(a)
    at(5_000).behind(a, 2_000)
    at(5_000).message(a)
    at(6_000).lost(a)
    at(7_000).opened(a)
    at(8_000).message(a)
    at(9_000).lost(a)
    at(9_500).message(a)
    expect(gaps.map(({ beganAt, lastMessageAt }) => [beganAt, lastMessageAt])).toEqual([
      [6_000, 2_000],
      [9_000, 8_000],
    ])
  })

  it('ends with the process where nothing outlives it', () => {
    const { at, gaps } = tracking()
    at(2_000).lost(a)
    at(4_000).endAll()
    at(5_000).message(a)
    expect(gaps).toEqual([expect.objectContaining({ beganAt: 2_000, endedAt: 4_000 })])
  })
})

describe('gap seconds', () => {
  it('grow while a gap is open, are summed by reason over sources, and never go back', () => {
    const { at } = tracking()
    at(2_000).lost(a)
    at(3_000).lost(b)
    expect(at(4_000).millis('closed')).toBe(3_000)
    at(5_000).message(a)
    expect(at(5_000).millis('closed')).toBe(5_000)
    expect(at(4_000).millis('closed')).toBe(5_000)
    at(6_000).message(b)
    expect(at(9_000).millis('closed')).toBe(6_000)
  })
})

describe('what outlives the process', () => {
  const restored = (feed: Map<string, never> | ReadonlyMap<string, object>, stopped: boolean, now: number) =>
    tracking({ sources: feed as SavedFeed['sources'], stopped }, now)

  it('is the time of writing when all is kept, else the last message that is', () => {
    const { at } = tracking()
    at(1_500).opened(a)
    expect(at(1_500).saved(a)).toEqual({ keptUntil: 1_500, lastMessageAt: 0, gap: undefined })
    at(2_000).message(a)
    // Nothing of this process is kept yet.
    expect(at(2_500).saved(a)).toEqual({ keptUntil: 1_000, lastMessageAt: 0, gap: undefined })
    at(2_000).kept(a)
    expect(at(3_000).saved(a)).toEqual({ keptUntil: 3_000, lastMessageAt: 2_000, gap: undefined })
    at(3_500).message(a)
    expect(at(9_000).saved(a)).toEqual({ keptUntil: 2_000, lastMessageAt: 2_000, gap: undefined })
  })

  it('is not more than what was read when the source was behind, also when what was read since is not kept yet', () => {
    const { at } = tracking()
    at(3_000).behind(a, 2_000)
    at(3_100).message(a)
    at(3_200).kept(a)
    expect(at(3_300).saved(a)).toMatchObject({ keptUntil: 2_000, lastMessageAt: 2_000 })
    at(3_400).behind(a, 0)
    at(3_400).message(a)
    expect(at(3_500).saved(a)).toMatchObject({ keptUntil: 2_000, lastMessageAt: 2_000 })
    at(3_600).kept(a)
    expect(at(3_700).saved(a)).toMatchObject({ keptUntil: 3_700, lastMessageAt: 3_400 })
  })

  it('is when we closed the connection, after an orderly stop', () => {
    const { at } = tracking()
    at(2_000).message(a)
    at(2_000).kept(a)
    at(4_000).lost(a, { reason: 'stopped' })
    expect(at(8_000).saved(a)).toMatchObject({ keptUntil: 4_000 })
  })

  it.each([
    [true, 'restart'],
    [false, 'death'],
  ])('becomes a gap at the next start (stopped in order: %s): %s', (stopped, reason) => {
    const first = tracking()
    first.at(1_500).opened(b)
    first.at(2_000).message(a)
    first.at(2_000).kept(a)
    const { at, gaps } = restored(first.tracker.saved('f'), stopped, 10_000)
    expect(at(10_500).millis(reason)).toBe(2 * 8_500)
    at(10_600).dialled(a)
    at(11_000).message(a)
    expect(gaps).toEqual([
      expect.objectContaining({ reason, beganAt: 2_000, endedAt: 11_000, lastMessageAt: 2_000, dials: 1 }),
    ])
  })

  it('lets an open gap go on with its beginning and reason', () => {
    const first = tracking()
    first.at(2_000).message(a)
    first.at(2_000).kept(a)
    first.at(3_000).lost(a)
    first.at(3_500).dialled(a)
    first.at(5_000)
    const { at, gaps } = restored(first.tracker.saved('f'), true, 10_000)
    at(10_600).dialled(a)
    at(11_000).message(a)
    expect(gaps).toEqual([
      expect.objectContaining({ reason: 'closed', code: 4000, beganAt: 3_000, endedAt: 11_000, dials: 2 }),
    ])
  })

  it('is a gap of a source that had not been open, where a kill hides whether it was', () => {
    const first = tracking()
    first.at(2_000).dialled(a)
    const killed = restored(first.tracker.saved('f'), false, 10_000)
    killed.at(11_000).message(a)
    expect(killed.gaps).toEqual([expect.objectContaining({ reason: 'death', beganAt: 2_000, endedAt: 11_000 })])
    const stopped = restored(first.tracker.saved('f'), true, 10_000)
    stopped.at(11_000).message(a)
    expect(stopped.gaps).toEqual([])
  })

  it('gives no gap to a source that was not there before, and none that begins in the future', () => {
    const saved = { keptUntil: 99_000, lastMessageAt: 99_000, gap: undefined }
    const { at, gaps } = restored(new Map([[a.id, saved]]), false, 10_000)
    expect(at(10_000).open()).toBe(1)
    at(11_000).message(a)
    expect(gaps).toEqual([expect.objectContaining({ beganAt: 10_000, lastMessageAt: 10_000, endedAt: 11_000 })])
  })
})
