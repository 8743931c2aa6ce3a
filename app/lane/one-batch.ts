/** A lane that holds one batch and then ends, so that `deliver` returns when all of it is handed over. */
import type { Batch, Lane } from '../model.ts'

/** `acknowledged` is called once all of the batch is settled. */
export function oneBatch(batch: Batch, acknowledged: () => void = () => {}): Lane {
  return {
    append: async () => {},
    async *read() {
      yield batch
    },
    acknowledge: acknowledged,
    held: { messages: 0, kept: 0, bytes: 0, limitBytes: 0, oldestReceivedAt: 0 },
    durable: false,
    survives: async () => false,
    drained: async () => {},
    resize() {},
    close: async () => {},
  }
}
