/** From rounds to tables, verdicts and latencies. */
import { describe, expect, it } from '@jest/globals'
import { type Contender, PYTHON } from '../../../scripts/bench/contenders.ts'
import { latencyMeter } from '../../../scripts/bench/latency.ts'
import type { Load } from '../../../scripts/bench/load.ts'
import { page } from '../../../scripts/bench/page.ts'
import { picture } from '../../../scripts/bench/picture.ts'
import { type EntryReport, json, type SectionReport } from '../../../scripts/bench/report.ts'
import type { Result } from '../../../scripts/bench/round.ts'
import { markdownTable, rowsOf, terminalTable } from '../../../scripts/bench/rows.ts'
import { FIRST_SEQUENCE } from '../../../scripts/bench/shapes/shape.ts'
import { faulty, regressions, tooSlow } from '../../../scripts/bench/verdict.ts'

const LOAD: Load = { shape: 'small', count: 1_000, warmUp: 0, urls: 8, partitions: 1, onePerWrite: false }
const NONE = { lost: 0, duplicated: 0, outOfOrder: 0, different: 0 }

function result(contender: string, recordsPerSecond: number, cpuUs: number, more: Partial<Result> = {}): Result {
  const usage = { cpuUs, brokerCpuUs: 1, floodCpuUs: 1, peakRssBytes: 5 * 1024 ** 2, storedBytes: 40 }
  return { contender, seconds: 1, recordsPerSecond, ...usage, faults: NONE, ...more }
}

function entry(results: readonly Result[], load: Partial<Load> = {}): EntryReport {
  const contenders = [...new Set(results.map(({ contender }) => contender))]
  return { load: { ...LOAD, ...load }, rounds: 1, contenders, results }
}

function section(...entries: EntryReport[]): SectionReport {
  return { id: 'x', title: 'A title', entries }
}

describe('the tables', () => {
  const single = section(entry([result('platformatic', 3_000, 4), result(PYTHON, 1_000, 33)]))
  const latency = { p50: 1.25, p99: 9.96, max: 40.4 }
  const several = section(
    entry([result('a', 990, 80, { latency })], { rate: 1_000 }),
    entry([result('a', 1, 2)], { urls: 1 }),
  )

  it('show speed and the ratio for one load, load and latency for several with a rate', () => {
    const { header, rows } = rowsOf(single)
    expect(header.slice(0, 4)).toEqual(['contender', 'records/s', 'slowest–fastest', 'CPU µs'])
    expect(header.at(-1)).toBe('× python')
    expect(rows.map((row) => [row[0], row[1], row.at(-1)])).toEqual([
      ['platformatic', '3,000', '3.0'],
      ['python', '1,000', '1.00'],
    ])
    const paced = rowsOf(several)
    expect(paced.header.slice(0, 5)).toEqual(['contender', 'load', 'p50 ms', 'p99 ms', 'longest ms'])
    expect(paced.rows.map((row) => row.slice(0, 5))).toEqual([
      ['a', 'small, 8 URLs, 1 partition, 1,000/s', '1.3', '10.0', '40'],
      ['a', 'small, 1 URL, 1 partition', '–', '–', '–'],
    ])
  })

  it('show what was seen of a flooded daemon, the worst of its rounds, and of one that was left alone', () => {
    const overload = { loopP99Ms: 20.4, healthP99Ms: 9, rssGrowth: 1 }
    const worse = { ...overload, loopP99Ms: 41.2, rssGrowth: 1.257 }
    const watched = section(
      entry([result('a', 1, 2, { overload }), result('a', 1, 2, { overload: worse })], { watched: true }),
    )
    const { header, rows } = rowsOf(watched)
    const shown = header.map((name, at) => [name, rows[0]?.[at]])
    expect(shown).toEqual(
      expect.arrayContaining([
        ['loop p99 ms', '41'],
        ['healthz p99 ms', '9'],
        ['RSS, 2nd half ÷ 1st', '1.26'],
      ]),
    )
    expect(rowsOf(single).header).not.toContain('loop p99 ms')
    const alone = { contender: 'a', urls: 10_000, openSeconds: 4.21, rssBytes: 287_400_000, cpuPercent: 1.16 }
    const text = page([watched], [{ ...alone, scrapeMs: 22.5, scrapeBytes: 149_100 }])
    expect(text).toContain('| a | 10,000 | 4.2 s | 287 MB | 1.2 % | 23 ms, 149 kB |')
    expect(page([single])).not.toContain('Left alone')
  })

  it('are aligned in the terminal and ruled on the page, which shows the picture', () => {
    const lines = terminalTable(rowsOf(single)).trimEnd().split('\n')
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(markdownTable(rowsOf(several)).split('\n')[1]).toMatch(/^\| --- \| --- \| ---: \|/)
    const text = page([single, several])
    expect(text).toContain('performance/x.svg')
    expect(text).toContain('1,000 messages of 85 bytes, from a cold start; 1 round.')
    expect(picture(single)).toMatch(/records per second[\s\S]*CPU microseconds/)
    expect(picture(several)).toContain('p99')
  })

  it('are one line of JSON too', () => {
    const text = json([single])
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toMatchObject({
      entries: [{ section: 'x', urls: 8, rival: 'python', contenders: [{ contender: 'platformatic', ratio: 3 }, {}] }],
    })
  })
})

describe('the verdict', () => {
  const contender = (name: string, keepsOrder: boolean): [string, Contender] => [
    name,
    { name, keepsOrder, isDaemon: true, lane: 'memory', part: 1, args: [], env: () => ({}) },
  ]
  const known = new Map([contender('ours', true), contender('theirs', false)])

  it('is about the order of those who must keep it, and about all other faults of everyone', () => {
    const late = { faults: { ...NONE, outOfOrder: 1 } }
    expect(faulty([entry([result('ours', 1, 1, late), result('theirs', 1, 1, late)])], known)).toEqual([
      'ours is faulty',
    ])
    for (const fault of ['lost', 'duplicated', 'different']) {
      const wrong = { faults: { ...NONE, [fault]: 1 } }
      expect(faulty([entry([result('ours', 1, 1), result('theirs', 1, 1, wrong)])], known)).toEqual([
        'theirs is faulty',
      ])
    }
  })

  it('asks for a ratio', () => {
    const measured = entry([result('a', 40, 1), result('b', 10, 1)])
    expect(tooSlow(measured, 4)).toEqual([])
    expect(tooSlow(measured, 4.1)).toHaveLength(1)
    expect(tooSlow(entry([]), 1)).toHaveLength(1)
  })

  it.each([
    [86, 11.4, 0],
    [84, 10, 1],
    [100, 11.6, 1],
    [50, 20, 2],
    [200, 5, 0],
  ])(
    'lets an earlier build be at most 15 %% faster and cheaper: %d records/s at %d µs against 100 at 10',
    (speed, cpu, sentences) => {
      expect(regressions(entry([result('a', speed, cpu), result('a@old', 100, 10)]))).toHaveLength(sentences)
    },
  )
})

describe('the latency', () => {
  it('is from the write to the append, of the messages of the window only, once each', () => {
    const first = FIRST_SEQUENCE + 10
    const meter = latencyMeter([
      { source: 0, first, count: 99, at: 1_000.25 },
      { source: 2, first: FIRST_SEQUENCE, count: 1, at: 2_000.5 },
    ])
    expect(meter.latency()).toBeUndefined()
    for (let at = 10; at < 109; at++) meter.record({ source: 0, at }, 1_003)
    meter.record({ source: 2, at: 0 }, 2_050)
    for (const place of [
      { source: 2, at: 0 },
      { source: 0, at: 9 },
      { source: 1, at: 10 },
    ])
      meter.record(place, 9_999)
    expect(meter.latency()).toEqual({ p50: 3.25, p99: 3.25, max: 50 })
  })
})
