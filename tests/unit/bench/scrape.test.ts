/** Values out of a scrape. */
import { describe, expect, it } from '@jest/globals'
import { parseMetric } from '../../../scripts/bench/scrape.ts'

describe('parseMetric', () => {
  const text = '# HELP lag_p9 x\nlag_p99 0.03\nlag_p9 0.01\nsources{state="open"} 8\n'
  it('finds the sample of exactly this name, with labels or without', () => {
    expect(['lag_p9', 'lag_p99', 'sources', 'lag'].map((name) => parseMetric(text, name))).toEqual([
      0.01,
      0.03,
      8,
      Number.NaN,
    ])
  })
})
