/** Weighted observations, against buckets counted by hand. */
import { describe, expect, it } from '@jest/globals'
import { WeightedHistogram } from '../../../app/telemetry/histogram.ts'

/** `le` or suffix → value, of one series. */
function told(histogram: WeightedHistogram, topic: string): Record<string, number> {
  const own = histogram.samples('h').filter(({ labels }) => labels.topic === topic)
  return Object.fromEntries(
    own.map(({ metricName, labels, value }) => [`${metricName} ${labels.le ?? ''}`.trim(), value]),
  )
}

describe('WeightedHistogram', () => {
  it('counts each weight into its bucket, bounds included, and tells them cumulatively', () => {
    const histogram = new WeightedHistogram([0.1, 1, 10])
    const observe = (seconds: number, weight: number) => histogram.observe('a', { topic: 'a' }, seconds, weight)
    observe(0, 1)
    observe(0.1, 2)
    observe(0.25, 4)
    observe(1, 8)
    observe(9, 16)
    observe(11, 32)
    expect(told(histogram, 'a')).toEqual({
      'h_bucket 0.1': 1 + 2,
      'h_bucket 1': 1 + 2 + 4 + 8,
      'h_bucket 10': 1 + 2 + 4 + 8 + 16,
      'h_bucket +Inf': 63,
      h_sum: 0.2 + 1 + 8 + 144 + 352,
      h_count: 63,
    })
  })

  it('keeps series apart', () => {
    const histogram = new WeightedHistogram([1])
    histogram.observe('a', { topic: 'a' }, 0.5, 3)
    histogram.observe('b', { topic: 'b' }, 2, 5)
    expect(told(histogram, 'a')).toEqual({ 'h_bucket 1': 3, 'h_bucket +Inf': 3, h_sum: 1.5, h_count: 3 })
    expect(told(histogram, 'b')).toEqual({ 'h_bucket 1': 0, 'h_bucket +Inf': 5, h_sum: 10, h_count: 5 })
  })
})
