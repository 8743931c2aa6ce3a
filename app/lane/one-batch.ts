/** A lane that holds one batch and then ends, so that `deliver` returns when all of it is handed over. */
import { randomUUID } from 'node:crypto'
import type { Batch, Lane } from '../model.ts'

/** What it holds. */
export type Load = Pick<Batch, 'messages' | 'bytes'>

/** `acknowledged` is called once all of the batch is settled. */
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
