/** Records back to JSON: the five-byte header names the schema, the registry has it. */
import avro from 'avsc'

const HEADER_BYTES = 5

/** Decodes one record's value to compact JSON. Rejects when the bytes are no such record or the registry does not answer. */
export type Decode = (value: Buffer) => Promise<string>

/** A decoder that asks the registry for each schema once. */
export function decoder(registryUrl: string): Decode {
  const types = new Map<number, Promise<avro.Type>>()
  const typeOf = (id: number): Promise<avro.Type> => {
    const known = types.get(id) ?? fetchType(registryUrl, id)
    types.set(id, known)
    known.catch(() => types.delete(id))
    return known
  }
  return async (value) => {
    if (value.length < HEADER_BYTES || value[0] !== 0) throw new Error('the record has no schema id')
    const type = await typeOf(value.readUInt32BE(1))
    return JSON.stringify(type.fromBuffer(value.subarray(HEADER_BYTES)))
  }
}

async function fetchType(registryUrl: string, id: number): Promise<avro.Type> {
  const response = await fetch(`${registryUrl}/schemas/ids/${id}`, { signal: AbortSignal.timeout(5_000) })
  const { schema } = (await response.json()) as { schema: string }
  // `@context` is an alias that Avro does not allow; reading with the writer's schema needs none.
  return avro.Type.forSchema(JSON.parse(schema, (key, value) => (key === 'aliases' ? undefined : value)))
}
