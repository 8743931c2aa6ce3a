/** The bench's options. */

import { parseCli, wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure } from '../lib/failure.ts'
import { CONTENDERS, PER_MESSAGE } from './contenders.ts'
import type { Load } from './round.ts'
import { MOST_SEQUENCES, MOST_SOURCES } from './trade.ts'

/** What to do. `assertRatio`: the least that the first contender must be times as fast as the rival. */
export interface BenchOptions {
  readonly load: Load
  readonly rounds: number
  readonly contenders: readonly string[]
  readonly rival: string
  readonly settings: Readonly<Record<string, string>>
  readonly assertRatio: number | undefined
  readonly profile: boolean
  readonly write: boolean
}

const usage = {
  command: 'npm run bench --',
  summary: `Measures the daemon, as built, with a real Kafka and registry on this machine: a flood of small trades (85 bytes) over
several URLs to one partition under one key, acknowledged by all replicas. Contenders take turns, round after round; every
record is read back and checked. Ends with 1 when a record is lost, written twice, out of order (of the daemon) or differs.`,
  flags: {
    count: { type: 'string', value: 'N', default: '300000', help: 'Messages in each timed window' },
    'warm-up': { type: 'string', value: 'N', default: '0', help: 'Messages before it, in the same process' },
    rounds: { type: 'string', value: 'N', default: '3', help: 'Rounds; medians are shown' },
    urls: { type: 'string', value: 'N', default: '8', help: 'WebSocket URLs' },
    rate: {
      type: 'string',
      value: 'N',
      help: 'Messages per second, all URLs together; without it as fast as the sockets take them',
    },
    contenders: {
      type: 'string',
      value: 'LIST',
      default: CONTENDERS.join(','),
      help: 'Who takes part; the last is whom the ratios are taken against. CLIENT@COMMIT and CLIENT@FOLDER are other builds, per-message@N has N sends in flight',
    },
    set: { type: 'string', value: 'NAME=VALUE,…', help: "Variables of the daemon's environment" },
    'assert-ratio': {
      type: 'string',
      value: 'X',
      help: 'End with 1 when the first contender is not X times as fast as the last',
    },
    profile: { type: 'boolean', help: 'One round of the first contender with a CPU profile instead' },
    write: { type: 'boolean', help: 'Write docs/performance.md' },
  },
  examples: [
    'npm run bench -- --count 3000000 --contenders platformatic,kafkajs',
    'npm run bench -- --contenders platformatic,platformatic@HEAD~1 --rounds 7',
    'npm run bench -- --profile --count 3000000',
  ],
} as const

/** Parses the command line. Throws `Failure` for what makes no sense. */
export function benchOptions(argv?: readonly string[]): BenchOptions {
  const { values } = parseCli(usage, argv)
  const urls = wholeNumber('urls', values.urls, 1, MOST_SOURCES)
  const contenders = values.contenders
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const most = MOST_SEQUENCES * urls
  return {
    load: {
      count: wholeNumber('count', values.count, 1, most / 2),
      warmUp: wholeNumber('warm-up', values['warm-up'], 0, most / 2),
      urls,
      rate: values.rate === undefined ? undefined : wholeNumber('rate', values.rate, 1),
    },
    rounds: wholeNumber('rounds', values.rounds, 1),
    contenders,
    rival: contenders.at(-1) ?? PER_MESSAGE,
    settings: settingsOf(values.set ?? ''),
    assertRatio: values['assert-ratio'] === undefined ? undefined : positive('assert-ratio', values['assert-ratio']),
    profile: values.profile,
    write: values.write,
  }
}

function settingsOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]))
}

function positive(name: string, text: string): number {
  if (Number(text) > 0) return Number(text)
  throw new Failure(`--${name} ${text} is not a number above 0`, {
    cure: `Give --${name} a number.`,
    code: EXIT.configuration,
  })
}
