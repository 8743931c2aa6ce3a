/** Small inputs that once came out wrong: each file of tests/fixtures/cases goes through one real daemon, Kafka and registry. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { cases, type Outcome, runAll } from '../support/cases.ts'

const all = cases()
let outcomes: ReadonlyMap<string, Outcome>
beforeAll(async () => {
  outcomes = await runAll(all)
}, 120_000)

const numbers = (counts: Readonly<Record<string, unknown>> = {}): object =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]))

describe('each case ends right', () => {
  it.each(all)('%s', (name, { expect: expected }) => {
    const outcome = outcomes.get(name) as Outcome
    expect(outcome.records).toEqual(expected.records)
    expect(outcome.refused).toEqual(numbers(expected.refused))
    expect(outcome.metrics).toEqual(numbers(expected.metrics))
    if (expected.keys) expect(outcome.keys).toEqual(expected.keys)
    if (expected.gaps) expect(outcome.gaps).toMatchObject(expected.gaps)
    for (const text of expected.log ?? []) {
      expect([text, outcome.log.filter((line) => line.includes(text))]).toEqual([text, [expect.any(String)]])
    }
    for (const text of expected.check ?? []) expect(outcome.check).toContainEqual(expect.stringContaining(text))
    const receivedSince = outcome.startedAt
    for (const [at, wanted] of (expected.timestamps ?? []).entries()) {
      const timestamp = outcome.timestamps[at] ?? 0
      if (wanted === null) expect(timestamp).toBeGreaterThanOrEqual(receivedSince)
      else expect([at, timestamp]).toEqual([at, Number(wanted)])
    }
  })
})
