/** The sinks by name: a new one is one file and one line here. */
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { GivenNames } from '../lib/setting-names.ts'
import type { Sink } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'
import { checkNats, natsSettings } from './nats-settings.ts'
import type { SinkOptions } from './options.ts'

export type { OpenSink, SinkOptions } from './options.ts'

/** What a sink is opened with besides its settings. `clock` learns from what a broker says of the time. */
export interface SinkGround {
  /** How to reach Kafka, for a sink that needs brokers, and how patient to be with any. Secrets are in it: never log it. */
  readonly kafka: SinkOptions
  /** What the operator calls the settings of sinks. */
  readonly names?: GivenNames | undefined
  readonly emit: Emit
  readonly clock: Clock
}

/** A sink. It opens without connecting: the first call does. */
export interface SinkKind<S extends Settings = Settings> extends Kind<Sink, S, SinkGround> {
  /** Of the house: `brokers` and how to get in, or standard output, so that the log goes elsewhere. */
  readonly needs: readonly ('brokers' | 'stdout')[]
  /** It connects, so a start waits until it has, and topics may be absent there. False: it takes any topic at once. */
  readonly connects: boolean
  /** What it connects to, as the log calls it; Kafka unless it says otherwise. */
  readonly system?: string
  /** Values of KAFKA_COMPRESSION that it lacks. */
  readonly lacks?: readonly string[]
}

const sink = <S extends Settings>(declared: SinkKind<S>): SinkKind<S> => declared

export const sinks = {
  platformatic: sink({
    help: 'Kafka, through @platformatic/kafka: the faster client',
    needs: ['brokers'],
    connects: true,
    settings: {},
    load: async () => {
      const { openPlatformatic } = await import('./platformatic.ts')
      return (_, { kafka, emit, clock }) => openPlatformatic(kafka, emit, clock)
    },
  }),
  kafkajs: sink({
    help: 'Kafka, through kafkajs: the older client',
    needs: ['brokers'],
    connects: true,
    lacks: ['snappy', 'lz4'],
    settings: {},
    load: async () => {
      const { openKafkajs } = await import('./kafkajs.ts')
      const open = openKafkajs((await import('./platformatic.ts')).platformaticClient)
      return (_, { kafka, emit, clock }) => open(kafka, emit, clock)
    },
  }),
  nats: sink({
    help: 'NATS, through @nats-io/transport-node',
    needs: [],
    connects: true,
    system: 'NATS',
    settings: natsSettings,
    check: checkNats,
    load: async () => {
      const { openNats } = await import('./nats.ts')
      return (values, { emit, names }) => openNats(values, emit, names)
    },
  }),
  stdout: sink({
    help: 'no Kafka: one JSON line per record on standard output, for a dry run',
    needs: ['stdout'],
    connects: false,
    settings: {},
    load: async () => {
      const { openStdout } = await import('./stdout.ts')
      return (_, { kafka, emit, clock }) => openStdout(kafka, emit, clock)
    },
  }),
}
