/** How a sink is opened. */
import type { KafkaConfig } from '../config/types.ts'
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Sink } from '../model.ts'

/** How to reach Kafka. Secrets are in it: never log it. */
export type SinkOptions = KafkaConfig

/** Opens a sink without connecting: the first call does. `clock` learns from what Kafka says of the time. Throws `ConfigError` for TLS material that cannot be used. */
export type OpenSink = (options: SinkOptions, emit: Emit, clock: Clock) => Sink
