/** The sinks by name: a new one is one file and one line here. */
import type { Kind } from '../model.ts'
import type { OpenSink } from './options.ts'

export type { OpenSink, SinkOptions } from './options.ts'

export const sinks = {
  platformatic: {
    help: 'Kafka, through @platformatic/kafka: the faster client',
    load: async () => (await import('./platformatic.ts')).openPlatformatic,
  },
  kafkajs: {
    help: 'Kafka, through kafkajs: the older client',
    load: async () => {
      const { openKafkajs } = await import('./kafkajs.ts')
      return openKafkajs((await import('./platformatic.ts')).platformaticClient)
    },
  },
  stdout: {
    help: 'no Kafka: one JSON line per record on standard output, for a dry run',
    offline: true,
    takesStdout: true,
    load: async () => (await import('./stdout.ts')).openStdout,
  },
} satisfies Record<string, Kind<OpenSink> & { readonly offline?: true; readonly takesStdout?: true }>
