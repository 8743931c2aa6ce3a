/** From samples to figures. */
import { describe, expect, it } from '@jest/globals'
import { selfTimes } from '../../../scripts/bench/cpu-profile.ts'
import type { Result } from '../../../scripts/bench/round.ts'
import { median, ratio, summarise } from '../../../scripts/bench/summary.ts'
import { cpuOfStat, cpuUs, peakRssBytes } from '../../../scripts/bench/usage.ts'

function result(contender: string, recordsPerSecond: number, lost = 0): Result {
  const faults = { lost, duplicated: 0, outOfOrder: 0, different: 0 }
  const usage = {
    cpuUs: recordsPerSecond / 10,
    brokerCpuUs: 1,
    floodCpuUs: 1,
    peakRssBytes: recordsPerSecond,
    storedBytes: 40,
  }
  return { contender, seconds: 1, recordsPerSecond, ...usage, faults }
}

describe('the figures of the bench', () => {
  it('are medians, and sums of faults', () => {
    const [a, b] = summarise([result('a', 10, 1), result('b', 2), result('a', 30, 2), result('b', 3), result('a', 20)])
    expect(a).toMatchObject({ contender: 'a', recordsPerSecond: 20, slowest: 10, fastest: 30, cpuUs: 2, lost: 3 })
    expect(a).toMatchObject({ peakRssBytes: 30 })
    expect(b).toMatchObject({ contender: 'b', recordsPerSecond: 2.5, lost: 0 })
    expect(median([])).toBeNaN()
  })

  it('compare within a round: the median of ratios, not the ratio of medians', () => {
    const results = [result('a', 10), result('b', 1), result('a', 40), result('b', 10), result('a', 6), result('b', 3)]
    expect(ratio(results, 'a', 'b')).toBe(4)
    expect(ratio(results, 'a', 'c')).toBeUndefined()
  })

  it('read the kernel, whatever the process is called', () => {
    const stat = `12 (a) b (c)) S ${Array.from({ length: 40 }, (_, at) => at + 100).join(' ')}`
    // utime and stime are the fields 14 and 15 of proc_pid_stat(5).
    expect(cpuOfStat(stat)).toBe(110 + 111)
    expect(cpuUs(process.pid)).toBeGreaterThan(0)
    expect(peakRssBytes(process.pid)).toBeGreaterThan(process.memoryUsage().rss / 2)
  })

  it('add the self time of a function up over its places in the tree', () => {
    const frame = (functionName: string, url = 'file:///x/node_modules/a/dist/a.js') => ({
      functionName,
      url,
      lineNumber: 4,
    })
    const nodes = [
      { id: 1, callFrame: frame('f') },
      { id: 2, callFrame: frame('g') },
      { id: 3, callFrame: frame('f') },
      { id: 4, callFrame: frame('(idle)', '') },
    ]
    expect(selfTimes({ nodes, samples: [1, 2, 3, 4, 1], timeDeltas: [10, 25, 20, 40, 5] })).toEqual([
      { name: '(idle)', us: 40 },
      { name: 'f  node_modules/a/dist/a.js:5', us: 35 },
      { name: 'g  node_modules/a/dist/a.js:5', us: 25 },
    ])
  })
})
