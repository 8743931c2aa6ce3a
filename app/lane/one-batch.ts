/**
 * A lane with a single batch. Its `read` ends after the batch, hence `deliver` returns when all records are passed on.
 */
import { randomUUID } from 'node:crypto'
import type { Batch, Lane } from '../model.ts'

/** Content of the batch. */
export type Load = Pick<Batch, 'messages' | 'bytes'>

/** `acknowledged` is called when the whole batch is settled. */
export function oneBatch(load: Load, acknowledged: () => void = () => {}): Lane {
  return {
    id: randomUUID(),
    append: async () => {},
    async *read() {
      yield { ...load, numbers: [{ at: 0, first: 1 }] }
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
