/** The programs that Tributary replaces, whose variables it takes as they are: one line each. */
import type { Replaced } from '../settings/preset.ts'
import { kafkaProducer } from './kafka-producer.ts'

export const replaced = { 'kafka-producer': kafkaProducer } satisfies Record<string, Replaced>
