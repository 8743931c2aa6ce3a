/** The bench's options. */
import { parseCli, type Values, wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure } from '../lib/failure.ts'
import { CONTENDERS, settingsOf } from './contenders.ts'
import type { Load } from './load.ts'
import { IDLE, type IdlePlan, matrix, paced, type Section } from './plan.ts'
import { isShapeName, type ShapeName, shapes } from './shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE, MOST_SEQUENCES, MOST_SOURCES } from './shapes/shape.ts'
import { usage } from './usage-text.ts'

/** What to do. */
export interface BenchOptions {
  readonly sections: readonly Section[]
  readonly idle: IdlePlan | undefined
  readonly settings: Readonly<Record<string, string>>
  /** The least that the first contender must be times as fast as the last. */
  readonly assertRatio: number | undefined
  /** True: the last contender is an earlier build of the first, which must not be clearly slower or dearer. */
  readonly against: boolean
  readonly profile: boolean
  readonly write: boolean
}

const COUNT = 300_000
/** Long enough that the start does not show, in messages and in bytes. */
const PROFILE_COUNT = 2_000_000
const PROFILE_BYTES = 500_000_000
const URLS = '8'
const ROUNDS = '3'
const AGAINST_ROUNDS = '5'
const FIRST = 'platformatic:disk'
/** Options that describe one load of its own instead of the matrix. */
const OF_ONE_LOAD = [
  'shape',
  'count',
  'warm-up',
  'rounds',
  'urls',
  'partitions',
  'rate',
  'contenders',
  'against',
  'assert-ratio',
] as const

type Given = Values<typeof usage.flags>

/** Parses the command line. Throws `Failure` for what makes no sense. */
export function benchOptions(argv?: readonly string[]): BenchOptions {
  const { values } = parseCli(usage, argv)
  const alone =
    values.profile ||
    values.watch ||
    values.idle ||
    values['one-per-write'] ||
    OF_ONE_LOAD.some((name) => values[name] !== undefined)
  if (alone && values.scale !== undefined) throw contradiction('--scale is for the matrix: it goes without a load')
  return {
    sections: values.idle ? [] : alone ? [oneLoad(values)] : matrix(positive('scale', values.scale ?? '1')),
    idle: values.idle ? idleOf(values) : alone ? undefined : IDLE,
    settings: settingsOf((values.set ?? '').split(',').filter(Boolean)),
    assertRatio: values['assert-ratio'] === undefined ? undefined : positive('assert-ratio', values['assert-ratio']),
    against: values.against !== undefined,
    profile: values.profile,
    write: values.write,
  }
}

function oneLoad(values: Given): Section {
  const load = loadOf(values)
  const rounds = wholeNumber('rounds', values.rounds ?? (values.against === undefined ? ROUNDS : AGAINST_ROUNDS), 1)
  return {
    id: load.shape,
    title: shapes[load.shape].help,
    entries: [{ load, rounds, contenders: contendersOf(values) }],
  }
}

function idleOf(values: Given): IdlePlan {
  const urls = wholeNumber('urls', values.urls ?? String(IDLE.urls), 1, MOST_SOURCES)
  return { ...IDLE, urls, contenders: values.contenders === undefined ? IDLE.contenders : contendersOf(values) }
}

function loadOf(values: Given): Load {
  const shape = values.shape ?? 'small'
  if (!isShapeName(shape)) throw contradiction(`--shape ${shape} is none of ${Object.keys(shapes).join(', ')}`)
  const urls = wholeNumber('urls', values.urls ?? URLS, 1, MOST_SOURCES)
  const partitions = wholeNumber('partitions', values.partitions ?? '1', 1, 10_000)
  const count = values.profile ? profileCount(shape) : COUNT
  const plain: Load = {
    shape,
    count,
    warmUp: 0,
    urls,
    partitions,
    onePerWrite: values['one-per-write'],
    watched: values.watch,
  }
  const load = values.rate === undefined ? plain : paced(plain, wholeNumber('rate', values.rate, 1))
  const most = (MOST_SEQUENCES * urls) / 2
  return {
    ...load,
    count: values.count === undefined ? load.count : wholeNumber('count', values.count, 1, most),
    warmUp: values['warm-up'] === undefined ? load.warmUp : wholeNumber('warm-up', values['warm-up'], 0, most),
  }
}

function profileCount(shape: ShapeName): number {
  const bytes = shapes[shape].text({ source: FIRST_SOURCE, seq: FIRST_SEQUENCE }).length
  return Math.min(PROFILE_COUNT, Math.floor(PROFILE_BYTES / bytes))
}

function contendersOf({ contenders, against, profile }: Given): string[] {
  const named = (contenders ?? (profile || against !== undefined ? FIRST : CONTENDERS.join(',')))
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (against === undefined) return named
  const [first = FIRST, ...others] = named
  if (others.length > 0 || first.includes('@')) throw contradiction('--against takes one contender, without a build')
  return [first, `${first}@${against}`]
}

function positive(name: string, text: string): number {
  if (Number(text) > 0) return Number(text)
  throw contradiction(`--${name} ${text} is not a number above 0`)
}

function contradiction(message: string): Failure {
  return new Failure(message, { cure: 'See: npm run bench -- --help', code: EXIT.configuration })
}
