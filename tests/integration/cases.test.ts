/** Small inputs that once came out wrong: each file of tests/fixtures/cases goes through one real daemon, Kafka and registry. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { cases, type Expected, type Outcome, runAll } from '../support/cases.ts'

const all = cases()
let outcomes: ReadonlyMap<string, Outcome>
beforeAll(async () => {
  outcomes = await runAll(all)
}, 120_000)

const numbers = (counts: Readonly<Record<string, unknown>> = {}): object =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]))

/** Each text is in exactly one line. */
function expectLines(lines: readonly string[], texts: readonly string[] = []): void {
  for (const text of texts) {
    expect([text, lines.filter((line) => line.includes(text))]).toEqual([text, [expect.any(String)]])
  }
}

/** null stands for the time of receiving. */
function expectTimes({ timestamps, startedAt }: Outcome, expected: Expected['timestamps'] = []): void {
  for (const [at, wanted] of expected.entries()) {
    if (wanted === null) expect(timestamps[at]).toBeGreaterThanOrEqual(startedAt)
    else expect([at, timestamps[at]]).toEqual([at, Number(wanted)])
  }
}

describe('each case ends right', () => {
  it.each(all)('%s', (name, { expect: expected }) => {
    const outcome = outcomes.get(name) as Outcome
    expect(outcome.records).toEqual(expected.records)
    expect(outcome.refused).toEqual(numbers(expected.refused))
    expect(outcome.metrics).toEqual(numbers(expected.metrics))
    expect(outcome.keys).toEqual(expected.keys ?? outcome.keys)
    expect(outcome.gaps).toMatchObject(expected.gaps ?? outcome.gaps)
    expectTimes(outcome, expected.timestamps)
    expectLines(outcome.log, expected.log)
    expectLines(outcome.check, expected.check)
  })
})
