/** Programs replaced by Tributary, which accepts their variables unchanged: one line each. */
import type { Replaced } from '../settings/preset.ts'
import { kafkaProducer } from './kafka-producer.ts'

export const replaced = { 'kafka-producer': kafkaProducer } satisfies Record<string, Replaced>
