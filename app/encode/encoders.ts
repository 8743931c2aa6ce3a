/** The encoders of a run. */
import type { Encoder } from '../model.ts'
import { entryOf, ownValues } from '../settings/kind.ts'
import { type EncoderGround, type EncoderKind, encoders } from './index.ts'

const encoderKinds: Readonly<Record<string, EncoderKind>> = encoders

/** Whether values of a format have schemas in the registry. */
export function hasSchemas(format: string): boolean {
  return entryOf(encoderKinds, format).needs.includes('registry')
}

/** Opens each encoder once. Feeds with the same format and the same settings share an encoder. */
export class Encoders {
  readonly #ground: EncoderGround
  readonly #opened = new Map<string, Promise<Encoder>>()
  readonly #all: Encoder[] = []

  constructor(ground: EncoderGround) {
    this.#ground = ground
  }

  /** The encoder of a feed. Settings of other formats are ignored. */
  of(feed: { readonly format: string }): Promise<Encoder> {
    const values = ownValues(entryOf(encoderKinds, feed.format).settings, feed)
    const key = JSON.stringify([feed.format, values])
    const opened = this.#opened.get(key) ?? this.#open(feed.format, values)
    this.#opened.set(key, opened)
    return opened
  }

  /** The schemas of all encoders, by subject. */
  get schemas(): Encoder['schemas'] {
    const [first, ...others] = this.#all.map(({ schemas }) => schemas)
    return others.length === 0 ? (first ?? new Map()) : new Map([first ?? [], ...others].flatMap((one) => [...one]))
  }

  /** Call when no feed uses `subject` any more. */
  forget(subject: string): void {
    for (const encoder of this.#all) encoder.forget(subject)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(async (one) => (await one).close()))
  }

  async #open(format: string, values: ReturnType<typeof ownValues>): Promise<Encoder> {
    const make = await entryOf(encoderKinds, format).load()
    const encoder = make(values, this.#ground)
    this.#all.push(encoder)
    return encoder
  }
}
