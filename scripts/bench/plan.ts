/** What is run: sections of the report, each a few loads, each load with its contenders. */
import type { Load } from './load.ts'

/** One load, `rounds` times, by each contender in turn. The last contender is whom the ratios are taken against. */
export interface Entry {
  readonly load: Load
  readonly rounds: number
  readonly contenders: readonly string[]
}

/** Entries that are shown in one table. `id` names its picture. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly entries: readonly Entry[]
}

/** Daemons that are left alone. */
export interface IdlePlan {
  readonly urls: number
  readonly contenders: readonly string[]
}

const SMALL: Load = { shape: 'small', count: 600_000, warmUp: 200_000, urls: 8, partitions: 1, onePerWrite: false }
const CREDENTIAL: Load = { ...SMALL, shape: 'credential', count: 250_000, warmUp: 80_000 }
const COERCED: Load = { ...SMALL, shape: 'coerced', count: 300_000, warmUp: 50_000 }
const SMALL_DAEMONS = ['platformatic', 'platformatic:disk', 'kafkajs', 'kafkajs:disk']
const CREDENTIAL_DAEMONS = ['platformatic', 'platformatic:disk', 'platformatic:tmpfs', 'kafkajs:disk']
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd']
const RIVALS = ['per-message', 'python']
const WIDTHS = [1, 8, 64, 1_000, 10_000]
/** Who is looked at while nothing comes, with how many URLs. */
export const IDLE: IdlePlan = {
  urls: 10_000,
  contenders: ['platformatic:disk'],
}
/** Of a paced window, in seconds. */
const PACED_S = 8
/** Messages before it, so that nobody is measured while his code is still being compiled. */
const PACED_WARM_UP = 40_000

/** The whole comparison, about twelve minutes on two cores; `scale` multiplies the counts. */
export function matrix(scale: number): Section[] {
  const scaled = (load: Load): Load => ({
    ...load,
    count: Math.max(1, Math.round(load.count * scale)),
    warmUp: Math.round(load.warmUp * scale),
  })
  const entry = (load: Load, rounds: number, contenders: readonly string[]): Entry => ({
    load: scaled(load),
    rounds,
    contenders,
  })
  const other = (change: Partial<Load>): Entry =>
    entry({ ...SMALL, count: 300_000, ...change }, 2, ['platformatic:disk'])
  const wide = (urls: number): Entry =>
    entry({ ...SMALL, urls, watched: true }, 2, ['platformatic:disk', 'platformatic'])
  const slow = (rate: number): Entry =>
    entry(paced(SMALL, rate), 1, ['platformatic', 'platformatic:disk', 'kafkajs:disk', 'python'])
  const compressed = (load: Load): Entry =>
    entry({ ...load, count: load.count / 2 }, 1, [
      ...CODECS.map((codec) => `platformatic:disk+KAFKA_COMPRESSION=${codec}`),
      'platformatic:disk',
    ])
  return [
    { id: 'small', title: 'Small trades', entries: [entry(SMALL, 3, [...SMALL_DAEMONS, ...RIVALS])] },
    { id: 'credential', title: 'Credentials', entries: [entry(CREDENTIAL, 2, [...CREDENTIAL_DAEMONS, ...RIVALS])] },
    { id: 'coerced', title: 'Coerced trades', entries: [entry(COERCED, 2, ['platformatic:disk', 'python'])] },
    {
      id: 'spread',
      title: 'Partitions, messages a write',
      entries: [
        other({}),
        other({ urls: 1_000, partitions: 64 }),
        other({ count: 60_000, warmUp: 20_000, onePerWrite: true }),
      ],
    },
    { id: 'width', title: 'From 1 to 10,000 URLs, flooded', entries: WIDTHS.map(wide) },
    { id: 'compression', title: 'Compression', entries: [compressed(SMALL), compressed(CREDENTIAL)] },
    { id: 'latency', title: 'At a given rate', entries: [slow(1_000), slow(20_000)] },
  ]
}

/** The load at `rate` messages per second, for a window of some seconds. */
export function paced(load: Load, rate: number): Load {
  return { ...load, rate, count: rate * PACED_S, warmUp: Math.max(2 * rate, PACED_WARM_UP) }
}
