/** What is declared of a setting, once: the reader, `--help`, sample.env and the settings page all come from it. */
import type { Format } from './formats/format.ts'

/** Sections of the help, in this order. */
export const groups = [
  'Kafka',
  'Schema registry',
  'Feeds of the replaced producer',
  'Feeds by name',
  'Kafka security',
  'Dialling',
  'Lanes',
  'Start, stop and batches',
  'Dead letters',
  'Metrics and log',
  'Metric labels',
] as const
export type Group = (typeof groups)[number]

/** One variable. `default` and `example` are written as an operator would write them. */
export interface Setting<T> {
  readonly group: Group
  readonly format: Format<T>
  /** One or two sentences. */
  readonly help: string
  readonly default?: string
  readonly example?: string
  /** The value may be or hold a secret. */
  readonly secret?: true
  /** The daemon does not start without it. */
  readonly required?: boolean
  /** Other names of the same variable. */
  readonly aliases?: readonly string[]
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

/** The values of a table of settings: one with a default always has a value, any other may be undefined. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends { format: Format<infer T> }
    ? S[K] extends { default: string }
      ? T
      : T | undefined
    : never
}

/** What the registries offer; handed in, because the configuration may not import them. */
export interface Choices {
  readonly normalisers: Readonly<Record<string, { readonly help: string }>>
  /** `onDisk`: needs a directory. `maxBytes`: how much one holds by default. */
  readonly lanes: Readonly<
    Record<string, { readonly help: string; readonly maxBytes: number; readonly onDisk?: boolean }>
  >
  /** `offline`: this sink reaches no Kafka, so no brokers are required. */
  readonly sinks: Readonly<Record<string, { readonly help: string; readonly offline?: boolean }>>
}
