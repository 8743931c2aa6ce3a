/** What sinks write to. */
import { entryOf } from '../settings/kind.ts'
import { type SinkKind, sinks } from './index.ts'

/** What a sink writes to, as an operator calls it; undefined for one that connects to nothing. */
export function systemOf(name: string): string | undefined {
  const { connects, system = 'Kafka' } = entryOf<SinkKind>(sinks, name)
  return connects ? system : undefined
}

/** Whether dead letters of that sink lie elsewhere than in Kafka. A dry run has none. */
export function isBesideKafka(name: string): boolean {
  return ![undefined, 'Kafka'].includes(systemOf(name))
}

/** Whether a feed writes its records to standard output, so that the log has to go elsewhere. */
export function writesToStdout({ feeds }: { readonly feeds: readonly { readonly sink: string }[] }): boolean {
  return feeds.some(({ sink }) => entryOf<SinkKind>(sinks, sink).needs.includes('stdout'))
}
