/** The largest record batch a topic takes, or Kafka's default where it may not be read. */
import { diagnose } from './kafka-errors.ts'

const KAFKA_DEFAULT_BYTES = 1_048_588

/**
 * Bytes. `ask` reads the topic's `max.message.bytes`. Only where reading is not permitted the default is assumed: a guess
 * for any other failure could refuse records that the topic takes, so that failure is passed on.
 */
export async function configuredLimit(ask: () => Promise<string | null | undefined>): Promise<number> {
  try {
    const bytes = Number(await ask())
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : KAFKA_DEFAULT_BYTES
  } catch (error) {
    if (diagnose(error).error.reason === 'authorization') return KAFKA_DEFAULT_BYTES
    throw error
  }
}
