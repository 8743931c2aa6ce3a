/** One feed's parts, small and in memory, for tests of the loops that work with them. */
import { Rejected } from '../../app/errors.ts'
import type { Event } from '../../app/events.ts'
import { lanes } from '../../app/lane/index.ts'
import { createLedger } from '../../app/ledger.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { DeadLetters, Destination, Document, Encoder, KafkaRecord, Outlet, Settlement } from '../../app/model.ts'
import { parsers } from '../../app/parse/index.ts'
import type { Feed } from '../../app/pipeline.ts'
import { bySchema } from '../../app/route/by-schema.ts'
import { loadKind } from '../../app/settings/kind.ts'

/** A record on its way. */
export interface Added {
  readonly destination: Destination
  readonly record: KafkaRecord
  readonly settlement: Settlement
}

/** A feed whose records wait in `added` until the test settles them; `events` in order. */
export interface TestFeed extends Feed {
  readonly added: Added[]
  readonly events: Event[]
  /** The documents of `added`. */
  documents(): Document[]
}

/** An encoder of JSON that refuses documents with a field `refuse`, whose value is the reason. */
export function jsonEncoder(more: Partial<Encoder> = {}): Encoder {
  return {
    hold: () => () => {},
    fork: () => jsonEncoder(more),
    isHeld: false,
    forget() {},
    undeclared: 0,
    prepare: async () => {},
    encode(_subject, document) {
      const { refuse } = document as { refuse?: Rejected['reason'] }
      if (refuse) throw new Rejected(refuse, 'as it wished')
      return Buffer.from(JSON.stringify(document))
    },
    schemas: new Map(),
    close: async () => {},
    ...more,
  }
}

/** An outlet that keeps what it is given; a document with a field `tooLarge` is refused at once. */
export function keepingOutlet(added: Added[], more: Partial<Outlet> = {}): Outlet {
  return {
    open: async () => {},
    find: async () => false,
    add(destination, record, settlement) {
      if (record.value.includes('"tooLarge"'))
        settlement.refused({ index: 0, reason: 'too_large', detail: 'as it wished' }, destination.topic, record)
      else added.push({ destination, record, settlement })
    },
    ...more,
  }
}

/** No dead letter topic is in use. */
export const noDeadLetters: DeadLetters = { topic: undefined, prepare: async () => {}, take: () => false }

/** Makes one; `over` replaces parts. The lane is the real one. */
export async function testFeed(over: Partial<Feed> = {}, laneMaxBytes = 1024 * 1024): Promise<TestFeed> {
  const added: Added[] = []
  const events: Event[] = []
  const emit = (event: Event): void => {
    events.push(event)
  }
  const ledger = createLedger()
  const openLane = await lanes.memory.load()
  return {
    name: 'f',
    lane: await openLane(
      {},
      {
        feed: 'f',
        laneMaxBytes,
        maxInFlightBatches: 4,
        overload: 'block',
        sourceOf: (id) => ({ feed: 'f', id, shown: id, hash: 0 }),
        ledger,
        emit,
        correctionMs: () => undefined,
      },
    ),
    parse: (await loadKind(parsers, 'json'))({}, { feed: 'f', maxDocuments: 10_000 }),
    normalise: [],
    maxDocuments: 10_000,
    shape: 'shape',
    clock: new Clock(),
    router: bySchema({ schema: 'topic', key: { kind: 'constant', value: 'k' } }),
    encoder: jsonEncoder(),
    outlet: keepingOutlet(added),
    headers: undefined,
    deadLetters: noDeadLetters,
    timeOf: undefined,
    maxAgeMs: undefined,
    ledger,
    emit,
    added,
    events,
    documents: () => added.map(({ record }) => JSON.parse(record.value.toString())),
    ...over,
  }
}
