/** The sinks that talk to Kafka: those of the registry that need brokers. */
import type { SinkKind } from '../../app/produce/index.ts'
import { sinks } from '../../app/produce/index.ts'

const all: Readonly<Record<string, SinkKind>> = sinks

/** Their names. */
export const kafkaSinks = Object.keys(sinks).filter((name): name is keyof typeof sinks => {
  return all[name]?.needs.includes('brokers') ?? false
})

/** The compressions that a sink has. */
export function compressionsOf(name: string): ('gzip' | 'zstd' | 'snappy' | 'lz4')[] {
  return (['gzip', 'zstd', 'snappy', 'lz4'] as const).filter((one) => !all[name]?.lacks?.includes(one))
}
