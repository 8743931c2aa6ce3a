/** The sinks that feeds write to: several may be open at once, each opened with the first feed that uses it and closed with the last. */
import type { Emit, Event } from './events.ts'
import type { Clock } from './lib/clock.ts'
import type { GivenNames } from './lib/setting-names.ts'
import { Shares } from './lib/shares.ts'
import { type DeadLetterDesk, type DeadLetterOptions, openDeadLetters } from './produce/dead-letters.ts'
import { hold, type OpenOutlet } from './produce/hold.ts'
import { type SinkGround, sinks } from './produce/index.ts'
import { PATIENCE_MS } from './produce/open-topic.ts'
import { systemOf } from './produce/systems.ts'
import { deadLetterUse } from './route/topic-use.ts'
import { loadKind } from './settings/kind.ts'

/** A sink that is open, with what the feeds that write to it share. */
export interface Target {
  /** Of the registry. */
  readonly sink: string
  readonly outlet: OpenOutlet
  readonly deadLetters: DeadLetterDesk
  /** By the feeds that use them. */
  readonly topics: Shares
  readonly schemas: Shares
}

/** The settings of all sinks, by property, and of what is written to them. */
export interface TargetSettings {
  readonly kafka: SinkGround['kafka']
  readonly names: GivenNames
  readonly lingerMs: number
  readonly deadLetterTopic: string | undefined
  readonly deadLetterMaxBytes: number
}

/** What all targets are opened with. */
export interface TargetGround extends Pick<DeadLetterOptions, 'version' | 'hide'> {
  readonly emit: Emit
  readonly clock: Clock
}

type Closable = Target & { readonly close: () => Promise<void> }

interface Open {
  users: number
  readonly target: Promise<Closable>
}

/** One for the daemon. */
export class Targets {
  readonly #settings: TargetSettings
  readonly #ground: TargetGround
  readonly #open = new Map<string, Open>()

  constructor(settings: TargetSettings, ground: TargetGround) {
    this.#settings = settings
    this.#ground = ground
  }

  /** Counts one user more of the sink of that name. Rejects with `ConfigError` as opening it does. */
  async take(name: string): Promise<Target> {
    const open = this.#open.get(name) ?? { users: 0, target: this.#openTarget(name) }
    open.users++
    this.#open.set(name, open)
    try {
      return await open.target
    } catch (error) {
      if (this.#open.get(name) === open) this.#open.delete(name)
      throw error
    }
  }

  /** Counts one user less; the last one closes it. */
  async release({ sink: name }: Pick<Target, 'sink'>): Promise<void> {
    const open = this.#open.get(name)
    if (!open || --open.users > 0) return
    this.#open.delete(name)
    const target = await open.target
    await this.#close(target)
  }

  /** Closes all. */
  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(({ target }) => target.then((one) => this.#close(one)).catch(() => {})))
  }

  async #openTarget(name: string): Promise<Closable> {
    const { kafka, names, lingerMs, deadLetterTopic: topic, deadLetterMaxBytes: maxBytes } = this.#settings
    const { version, hide, clock } = this.#ground
    const system = systemOf(name)
    const emit = naming(system, this.#ground.emit)
    const open = await loadKind(sinks, name)
    const sink = open(this.#settings, { kafka, names, emit, clock })
    const outlet = hold(sink, { lingerMs, brokers: kafka.brokers, names: kafka.names, patienceMs: PATIENCE_MS }, emit)
    const use = deadLetterUse({ names })
    const deadLetters = openDeadLetters(
      outlet,
      { topic, maxBytes, use, version, isOffline: system === undefined, clock, hide },
      emit,
    )
    emit({ type: 'sink.opened', system })
    return { sink: name, outlet, deadLetters, topics: new Shares(), schemas: new Shares(), close: () => sink.close() }
  }

  async #close({ sink, deadLetters, outlet, close }: Closable): Promise<void> {
    await deadLetters.close()
    await outlet.close()
    await close()
    this.#ground.emit({ type: 'sink.closed', system: systemOf(sink) })
  }
}

/** What is said of a system by its name. */
const NAMED: ReadonlySet<Event['type']> = new Set(['kafka.connected', 'kafka.lost', 'produce.held', 'produce.resumed'])

/** Names a system that is not Kafka to whoever observes. */
function naming(system: string | undefined, emit: Emit): Emit {
  if (system === undefined || system === 'Kafka') return emit
  return (event) => emit(NAMED.has(event.type) ? ({ ...event, system } as Event) : event)
}
