/** The suite's options. */
import { randomInt } from 'node:crypto'
import { parseCli, wholeNumber } from '../../scripts/lib/cli.ts'
import { EXIT, Failure } from '../../scripts/lib/failure.ts'
import type { Client, Row } from './row.ts'

/** What to do. */
export interface SuiteOptions {
  readonly rows: readonly Row[]
  readonly clients: readonly Client[]
  readonly scale: number
  readonly seed: number
  /** Path of the page to write. */
  readonly report: string | undefined
  readonly verbose: boolean
}

const usage = {
  command: 'npm run test:faults --',
  summary: `Causes every fault of the catalogue to a real daemon between real upstreams, a real Kafka (three brokers where the row
needs them) and a real registry, and judges by what is in the topics afterwards. Ends with 1 when a row fails.`,
  flags: {
    rows: { type: 'string', value: 'LIST', default: 'all', help: 'Numbers and ranges of rows: 1,5-9' },
    client: {
      type: 'string',
      value: 'NAME',
      default: 'both',
      help: 'platformatic, kafkajs, or both where Kafka is part of the fault',
    },
    scale: { type: 'string', value: 'X', default: '1', env: 'FAULT_SCALE', help: 'Durations of the catalogue times X' },
    seed: { type: 'string', value: 'N', help: 'Of everything random; printed, so that a run can be had again' },
    report: { type: 'string', value: 'FILE', help: 'Write a page with the results' },
    verbose: { type: 'boolean', short: 'v', help: 'Show every finding, not only those of failed rows' },
  },
  examples: [
    'npm run test:faults -- --rows 1,10 --scale 0.1',
    'npm run test:faults -- --rows 5 --client kafkajs --seed 7 --verbose',
    'npm run test:faults -- --report docs/faults.md',
  ],
} as const

/** Parses the command line. Throws `Failure` for what makes no sense. */
export function suiteOptions(all: readonly Row[], argv?: readonly string[]): SuiteOptions {
  const { values } = parseCli(usage, argv)
  const numbers = new Set(numbersOf(values.rows, all))
  const rows = all.filter(({ number }) => numbers.has(number))
  if (rows.length === 0)
    throw wrong(`--rows ${values.rows} names no row`, `Rows are ${all.map((row) => row.number).join(', ')}.`)
  const scale = Number(values.scale)
  if (!(scale > 0))
    throw wrong(`--scale ${values.scale} is not a number above 0`, 'Give --scale a number, such as 0.1.')
  return {
    rows,
    clients: clientsOf(values.client),
    scale,
    seed: values.seed === undefined ? randomInt(1_000_000) : wholeNumber('seed', values.seed),
    report: values.report,
    verbose: values.verbose,
  }
}

function numbersOf(text: string, all: readonly Row[]): number[] {
  if (text === 'all') return all.map(({ number }) => number)
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? []
    if (!from) throw wrong(`--rows ${text} is no list of rows`, 'Give numbers and ranges, such as 1,5-9.')
    const last = Number(to ?? from)
    return Array.from({ length: Math.max(0, last - Number(from) + 1) }, (_, at) => Number(from) + at)
  })
}

function clientsOf(text: string): Client[] {
  if (text === 'both') return ['platformatic', 'kafkajs']
  if (text === 'platformatic' || text === 'kafkajs') return [text]
  throw wrong(`--client ${text} is no client`, 'Say platformatic, kafkajs or both.')
}

function wrong(problem: string, cure: string): Failure {
  return new Failure(problem, { cure, code: EXIT.configuration })
}
