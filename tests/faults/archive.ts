/** Decodes by schemas that are at hand, whatever a registry says of their ids by now. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Decoded, decode, type Encoded } from '../support/decode/decode.ts'

/** As `decode`, with the schema of each id from `schemas`; an id that is not there is an error. */
export async function decodeWith(
  schemas: ReadonlyMap<number, object>,
  records: readonly Encoded[],
): Promise<Decoded[]> {
  const server = createServer((request, response) => {
    const schema = schemas.get(Number(/\/schemas\/ids\/(\d+)/.exec(request.url ?? '')?.[1]))
    response.writeHead(schema ? 200 : 404).end(JSON.stringify({ schema: JSON.stringify(schema) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await decode(records, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
