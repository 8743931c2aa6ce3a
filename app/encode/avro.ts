/** Encodes documents as Avro. Schemas are fetched ahead and refreshed, hence encoding never waits. */
import type { RegistryConfig } from '../config/types.ts'
import { Rejected } from '../errors.ts'
import type { Emit } from '../events.ts'
import { written } from '../fit/node.ts'
import { DEFAULT_FIT, type FitOptions } from '../fit/options.ts'
import type { Clock } from '../lib/clock.ts'
import type { Document, Encoder } from '../model.ts'
import { explainMismatch } from './explain-mismatch.ts'
import { RecordMemory } from './record-memory.ts'
import { type OpenSchemas, openSchemas } from './schemas.ts'

/** The registry, the `clock` that its responses set, and `emit` for events. */
export interface AvroOptions {
  readonly registry: RegistryConfig
  readonly clock: Clock
  readonly emit: Emit
  /** How documents are fitted; default settings if absent. */
  readonly fit?: FitOptions | undefined
}

/**
 * An encoder with the latest version of each prepared subject.
 * `prepare` throws `Unavailable`, and returns at once for a subject in use. From then on the registry is queried every
 * `refreshMs`. On failures or invalid responses the last good schema stays in use.
 * `encode` throws `Rejected` for a document that does not fit; the error has no content of the document.
 */
export function avro({ registry, clock, emit, fit = DEFAULT_FIT }: AvroOptions): Encoder {
  return encoderOver(openSchemas({ registry, clock, fit }, emit))
}

function encoderOver(schemas: OpenSchemas): Encoder {
  const memory = new RecordMemory()
  let undeclared = 0
  return {
    prepare: schemas.prepare,
    encode: (subject: string, document: Document): Buffer => {
      const inUse = schemas.inUse.get(subject)
      if (!inUse) throw new Error(`${subject} was not prepared`)
      try {
        const value = memory.write(inUse.id, inUse.plan, document)
        undeclared += written.undeclared
        return value
      } catch (cause) {
        throw cause instanceof Rejected ? cause : explainMismatch(inUse.plan, document, cause)
      }
    },
    hold: () => memory.hold(),
    fork: () => encoderOver(schemas),
    get isHeld() {
      return memory.isHeld
    },
    forget: schemas.forget,
    get undeclared() {
      return undeclared
    },
    schemas: schemas.known,
    close: schemas.close,
  }
}
