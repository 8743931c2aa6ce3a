/** What the demo's table is made of: a scrape, rates and quantiles over the last seconds, a frame that fits. */
import { describe, expect, it } from '@jest/globals'
import { cut, duration, frame } from '../../../scripts/demo/frame.ts'
import { parseFeeds } from '../../../scripts/demo/metrics.ts'
import { Window } from '../../../scripts/demo/window.ts'

function scrape(received: number, buckets: readonly [le: string, count: number][], more = ''): string {
  return [
    `tributary_messages_received_total{feed="a"} ${received}`,
    `tributary_documents_total{feed="a",outcome="produced",reason=""} ${received}`,
    ...buckets.map(([le, count]) => `tributary_delivery_duration_seconds_bucket{feed="a",le="${le}"} ${count}`),
    more,
  ].join('\n')
}

describe('a scrape', () => {
  it('is read by feed', () => {
    const text = [
      '# TYPE tributary_sources gauge',
      'tributary_sources{feed="a",state="open"} 2',
      'tributary_sources{feed="a",state="waiting"} 1',
      'tributary_messages_held{feed="a"} 7',
      'tributary_documents_total{feed="a",outcome="refused",reason="not_json"} 3',
      'tributary_documents_total{feed="a",outcome="refused",reason="encode"} 4',
      'tributary_messages_held{feed="b"} 1',
      'tributary_log_lines_dropped_total 9',
    ].join('\n')
    const feeds = parseFeeds(text)
    expect([...feeds.keys()]).toEqual(['a', 'b'])
    expect(feeds.get('a')).toMatchObject({ open: 2, sources: 3, held: 7, refused: 7 })
  })
})

describe('a window', () => {
  it('gives rates and quantiles of what happened within it, not before', () => {
    const window = new Window()
    window.add({
      at: 0,
      feeds: parseFeeds(
        scrape(1_000, [
          ['0.1', 0],
          ['1', 1_000],
          ['+Inf', 1_000],
        ]),
      ),
    })
    window.add({
      at: 2_000,
      feeds: parseFeeds(
        scrape(1_100, [
          ['0.1', 50],
          ['1', 1_100],
          ['+Inf', 1_100],
        ]),
      ),
    })
    const row = window.row('a')
    expect(row).toMatchObject({ messageRate: 50, recordRate: 50 })
    expect(row.p50).toBeCloseTo(100)
    expect(row.p99).toBeCloseTo(100 + (900 * 49) / 50)
  })

  it('forgets what is older than five seconds', () => {
    const window = new Window()
    for (const [at, received] of [
      [0, 0],
      [4_000, 4_000],
      [8_000, 4_400],
    ] as const) {
      window.add({ at, feeds: parseFeeds(scrape(received, [])) })
    }
    expect(window.row('a').messageRate).toBe(100)
  })

  it('has no quantile when nothing was delivered, and the largest bound for what took longer', () => {
    const window = new Window()
    window.add({
      at: 0,
      feeds: parseFeeds(
        scrape(0, [
          ['300', 5],
          ['+Inf', 5],
        ]),
      ),
    })
    expect(window.row('a').p50).toBeUndefined()
    window.add({
      at: 1_000,
      feeds: parseFeeds(
        scrape(9, [
          ['300', 5],
          ['+Inf', 9],
        ]),
      ),
    })
    expect(window.row('a').p50).toBe(300_000)
  })
})

describe('the frame', () => {
  const row = { ...new Window().row('health_sensor'), held: 234_567, messageRate: 99_999, p50: 12_345 }
  const picture = {
    title: 'Tributary',
    rows: [row],
    records: [['health_sensor', `{"text":"${'x'.repeat(500)}\u001b[31m"}`]] as const,
    said: 'y'.repeat(500),
    tips: ['what to try', '  curl  # comment'],
  }

  it.each([40, 79, 99, 199])('fits %d columns', (width) => {
    for (const line of frame(picture, width, (_, text) => text)) expect(line.length).toBeLessThanOrEqual(width)
  })

  it('shows the whole table on 80 columns', () => {
    const lines = frame(picture, 79, (_, text) => text)
    expect(lines[2]).toMatch(/^feed .* refused$/)
    expect(lines[3]?.split(/\s{2,}/)).toEqual(
      ['health_sensor', '0/0', '99,999', '0', '12.3 s', '–', '235k', '0'].map((cell) => expect.stringContaining(cell)),
    )
  })

  it('fits 24 rows with three feeds and the most that the daemon may say', () => {
    const records = ['a', 'b', 'c'].map((feed) => [feed, '{}'] as const)
    const full = { ...picture, rows: [row, row, row], records, tips: Array.from({ length: 7 }, () => '  tip') }
    // The last row is the cursor's.
    expect(frame(full, 79, (_, text) => text).length).toBe(23)
  })

  it('cuts no cell of the table, whatever is in it', () => {
    const numbers = [0, 9.96, 99.96, 999.6, 12_345, 99_960, 123_456, 9_999_999, 99_999, 999_999, 9_999_499, 123_456_789]
    const rows = numbers.map((n) => ({ ...row, p50: n, p99: n, held: n, refused: n, recordRate: n % 1e6, open: 1 }))
    for (const line of frame({ ...picture, rows }, 79, (_, text) => text).slice(2, 3 + rows.length)) {
      expect([line, line.length, line.includes('…')]).toEqual([line, 78, false])
    }
  })

  it('says all that the daemon says on two lines where it fits', () => {
    const said = '00:00:00 info: '.padEnd(60, 'x ').concat(' and on the second line the end')
    const text = frame({ ...picture, said }, 79, (_, plain) => plain).join('\n')
    expect(text).toContain('the end')
    expect(text).not.toContain('the end…')
  })

  it('lets no control character through', () => {
    expect(cut('a\u001b[31mb\nc', 20)).toBe('a [31mb c')
  })

  it.each([
    [undefined, '–'],
    [1.234, '1.2 ms'],
    [9.96, '10 ms'],
    [999.7, '1.0 s'],
    [99_970, '100 s'],
    [123.4, '123 ms'],
    [4_321, '4.3 s'],
    [123_456, '123 s'],
  ])('writes %s ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})
