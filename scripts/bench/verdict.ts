/** What makes the bench end with 1. */
import type { Contender } from './contenders.ts'
import type { EntryReport } from './report.ts'
import type { Result } from './round.ts'
import { ratio } from './summary.ts'

/** How much slower or dearer than its earlier build a contender may be. */
const ALLOWED = 0.15

/** Sentences about contenders whose records are not what was sent; none when all is well. */
export function faulty(entries: readonly EntryReport[], contenders: ReadonlyMap<string, Contender>): string[] {
  const names = entries
    .flatMap(({ results }) => results)
    .filter((result) => isFaulty(result, contenders.get(result.contender)?.keepsOrder === true))
    .map(({ contender }) => `${contender} is faulty`)
  return [...new Set(names)]
}

function isFaulty({ faults }: Result, keepsOrder: boolean): boolean {
  const { lost, duplicated, outOfOrder, different } = faults
  return lost + duplicated + different > 0 || (keepsOrder && outOfOrder > 0)
}

/** A sentence when the first contender is not `least` times as fast as the last. */
export function tooSlow({ contenders, results }: EntryReport, least: number): string[] {
  const [first = '', last = ''] = [contenders[0], contenders.at(-1)]
  const reached = ratio(results, first, last)
  return reached !== undefined && reached >= least ? [] : [`${first} is not ${least} times as fast as ${last}`]
}

/** Sentences when the first contender is more than 15 % slower than the last, or needs more than 15 % more CPU. */
export function regressions({ contenders, results }: EntryReport): string[] {
  const [first = '', last = ''] = [contenders[0], contenders.at(-1)]
  const speed = ratio(results, first, last) ?? 0
  const cpu = ratio(results, first, last, 'cpuUs') ?? Number.POSITIVE_INFINITY
  return [
    ...(speed >= 1 - ALLOWED ? [] : [`${first} has ${speed.toFixed(2)} times the speed of ${last}`]),
    ...(cpu <= 1 + ALLOWED ? [] : [`${first} needs ${cpu.toFixed(2)} times the CPU of ${last}`]),
  ]
}
