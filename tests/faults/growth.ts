/** Whether a flood has left something behind: garbage comes and goes with V8's moods, what stays does not. */
import type { Evidence } from './evidence.ts'
import type { Finding } from './row.ts'

const MIB = 1024 * 1024
const SPARE = 64 * MIB

/** The heap at its emptiest, in the first and in the second half of the fault. */
export function growth({ rig, window: { from, to } }: Evidence): Finding {
  const heap = rig.sampler.looks.flatMap(({ at, samples }) => {
    const bytes = samples.value('nodejs_heap_size_used_bytes')
    return bytes === undefined ? [] : [{ at, bytes }]
  })
  const least = (start: number, end: number): number =>
    Math.min(...heap.filter(({ at }) => at >= start && at < end).map(({ bytes }) => bytes))
  const middle = (from + to) / 2
  const [first, second] = [least(from, middle), least(middle, Number.POSITIVE_INFINITY)]
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
  return {
    id: 'I6',
    ok: second <= first + SPARE,
    detail: `the heap at its emptiest: ${mib(first)} in the first half of the fault, ${mib(second)} after it`,
  }
}
