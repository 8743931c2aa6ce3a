/** What is said of a URL that was listened to: the worst that was noticed decides. */
import { describe, expect, it } from '@jest/globals'
import type { Fit } from '../../../app/check/fit.ts'
import type { Heard } from '../../../app/check/listen.ts'
import { sourceFinding } from '../../../app/check/source-finding.ts'
import { SourceLost } from '../../../app/errors.ts'

const feed = { name: 'x', names: { URLS: 'FEED_X_URLS_FILE' }, schema: 'X', openMessages: [] }
const heard = (more: Partial<Heard> = {}): Heard => ({
  openedAfterMs: 3,
  messages: 2,
  kept: [],
  end: undefined,
  ...more,
})
const share = (fitting: number, others: Record<string, number> = {}): Fit => ({
  fitting,
  others: new Map(Object.entries(others).map(([reason, documents]) => [reason, { documents, detail: 'why' }])),
})
const lost = (pace: 'normal' | 'slow'): Heard['end'] => ({
  by: new SourceLost('closed', 'closed with 1', { pace }),
  openMs: 900,
})
const found = (one: Heard, fits?: Fit, waitMs = 5_000) => sourceFinding(feed, 'ws://x', one, fits, waitMs)

describe('a URL is', () => {
  it.each<[string, 'ok' | 'note' | 'wrong', 'configuration' | undefined, Heard, Fit | undefined]>([
    ['well when all fits', 'ok', undefined, heard(), share(2)],
    ['well when nothing could be judged', 'ok', undefined, heard(), undefined],
    ['noted when half fits', 'note', undefined, heard(), share(3, { encode: 3 })],
    ['wrong when less than half fits', 'wrong', 'configuration', heard(), share(2, { encode: 3 })],
    ['wrong when nothing fits', 'wrong', 'configuration', heard(), share(0, { not_json: 1 })],
    ['noted when there was only control', 'note', undefined, heard(), share(0)],
    ['noted when it is silent', 'note', undefined, heard({ messages: 0 }), undefined],
    ['wrong when it refuses us', 'wrong', undefined, heard({ end: lost('slow') }), share(2)],
    ['wrong when it breaks off in silence', 'wrong', undefined, heard({ messages: 0, end: lost('normal') }), undefined],
    ['noted when it breaks off after messages', 'note', undefined, heard({ end: lost('normal') }), share(2)],
    [
      'noted when it closes in order',
      'note',
      undefined,
      heard({ end: { by: { code: 1000, detail: '' }, openMs: 1 } }),
      share(2),
    ],
  ])('%s', (_, verdict, fault, one, fits) => {
    const { verdict: said, fault: of, label, cure } = found(one, fits)
    expect([said, of, label]).toEqual([verdict, fault, 'ws://x'])
    expect(cure === undefined).toBe(verdict === 'ok')
  })

  it('wrong when it does not open, by the name of its setting', () => {
    const never = heard({ openedAfterMs: undefined, end: { by: new SourceLost('dns', 'no such host'), openMs: 1 } })
    expect(found(never)).toMatchObject({ verdict: 'wrong', detail: 'no such host', setting: 'FEED_X_URLS_FILE' })
    expect(found(never).cure).toContain('FEED_X_URLS_FILE')
  })

  it('not said to be silent where nobody listened', () => {
    expect(found(heard({ messages: 0 }), undefined, 0)).toEqual({
      label: 'ws://x',
      verdict: 'ok',
      detail: 'opens in 3 ms',
    })
  })
})
