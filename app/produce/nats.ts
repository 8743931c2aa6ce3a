/** The sink port over NATS. A subject is a topic with one partition. */
import { randomUUID } from 'node:crypto'
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import type { KafkaRecord, Refusal, Sink, TopicInfo } from '../model.ts'
import { NatsClient } from './nats-client.ts'
import { isOtherStream, isUncovered, natsDiagnosis, RAISE, sizeTrouble } from './nats-errors.ts'
import type { NatsValues } from './nats-settings.ts'
import { Rebuilding } from './rebuilding.ts'

const LIMITS = { connectMs: 5_000, requestMs: 5_000 } as const
const REBUILD = { deadlineMs: 30_000, silentMs: 30_000, closeMs: 3_000, slowMs: 3_000 } as const
/** How long one call may go on publishing while all is well, in milliseconds. */
const PIECE_MS = 5_000
/** Records of one flush. */
const CHUNK = 500
/** Tokens between dots, none of them empty. */
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/
const UNKEPT =
  'no stream covers the subject, so NATS keeps nothing of it: whoever does not listen at that moment never gets it'

/** Opens the sink without connecting. `names`: what the operator calls settings. */
export function openNats(values: NatsValues, emit: Emit, names: GivenNames = {}): Sink {
  return new NatsSink(values, emit, names)
}

class NatsSink implements Sink {
  readonly mostRecords = CHUNK
  readonly #mode: NatsValues['natsMode']
  readonly #names: GivenNames
  readonly #clients: Rebuilding<NatsClient>
  /** The stream of each subject that was looked for; null where there is none, so that it is written to as core NATS. */
  readonly #streams = new Map<string, string | null>()
  /** Subjects whose stream is another one now. */
  readonly #stale = new Set<string>()
  readonly #ids = new WeakMap<KafkaRecord, string>()
  readonly #id = randomUUID()
  #records = 0

  constructor(values: NatsValues, emit: Emit, names: GivenNames) {
    this.#mode = values.natsMode
    this.#names = names
    const build = (): NatsClient => new NatsClient(values, names, LIMITS)
    this.#clients = new Rebuilding(build, REBUILD, emit, { system: 'NATS', diagnose: natsDiagnosis(names) })
  }

  async describe(topic: string): Promise<TopicInfo> {
    if (!SUBJECT.test(topic)) {
      const cure = 'name another: a subject has no empty part between dots'
      throw new Unavailable('no_topic', `${topic} is not a NATS subject`, { cure })
    }
    return this.#clients.run(async (client) => {
      const maxMessageBytes = await client.maxPayload()
      const stream = await this.#look(client, topic)
      return { partitions: 1, maxMessageBytes, sizeCure: RAISE, unkept: stream === undefined ? UNKEPT : undefined }
    })
  }

  async write(topic: string, _partition: number, records: readonly KafkaRecord[]): Promise<readonly Refusal[]> {
    let settled = 0
    const some = async (client: NatsClient): Promise<void> => {
      const until = performance.now() + PIECE_MS
      while (settled < records.length && performance.now() < until) {
        settled += await this.#publish(client, topic, records, settled)
      }
    }
    while (settled < records.length) {
      try {
        await this.#clients.run(some)
      } catch (error) {
        const { reason, problem, cure } = error as Unavailable
        if (reason === 'too_large' && records.length === 1) return [{ index: 0, reason, detail: problem }]
        throw new Unavailable(reason, problem, { cure, settled, cause: error })
      }
    }
    return []
  }

  async close(): Promise<void> {
    await this.#clients.close()
  }

  /** Publishes from the record `from` on. Resolves with how many of these are settled, at least one. Throws where it is none. */
  async #publish(client: NatsClient, topic: string, records: readonly KafkaRecord[], from: number): Promise<number> {
    const first = records[from]
    if (this.#stale.has(topic) || !this.#streams.has(topic)) await this.#look(client, topic)
    const stream = this.#streams.get(topic)
    try {
      if (!stream) return await client.publishAll(topic, records.slice(from, from + CHUNK))
      // One at a time: where one of several is not taken, those behind it may be, and would be in front of it for ever.
      if (first) await client.publish(topic, first, stream, this.#idOf(first))
      return 1
    } catch (error) {
      const size = sizeTrouble(error)
      if (size !== undefined) throw new Unavailable('too_large', size, { cause: error })
      if (isUncovered(error)) throw this.#uncovered(topic)
      if (isOtherStream(error)) this.#stale.add(topic)
      throw error
    }
  }

  /** The stream of a subject, as it is now. Throws `Unavailable` where there has to be one. */
  async #look(client: NatsClient, topic: string): Promise<string | undefined> {
    if (this.#mode === 'core') {
      this.#streams.set(topic, null)
      return client.streamOf(topic).catch(() => undefined)
    }
    const stream = await client.streamOf(topic)
    if (stream === undefined && (this.#mode === 'jetstream' || this.#streams.get(topic))) throw this.#uncovered(topic)
    this.#streams.set(topic, stream ?? null)
    this.#stale.delete(topic)
    return stream
  }

  #uncovered(topic: string): Unavailable {
    const setting = settingName(this.#names, 'NATS_MODE')
    const cure = `add one (nats stream add --subjects ${topic}), or set ${setting}=core, where nothing is kept`
    return new Unavailable('no_topic', `no stream covers the subject ${topic}`, { cure, setting })
  }

  /** The same at each try, so that a record is stored once though its acknowledgement was lost. */
  #idOf(record: KafkaRecord): string {
    const id = this.#ids.get(record) ?? `${this.#id}-${(this.#records++).toString(36)}`
    this.#ids.set(record, id)
    return id
  }
}
