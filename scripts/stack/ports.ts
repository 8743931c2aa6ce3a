/** Ports to listen on. */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range that operating systems hand to outgoing connections: a port of ours stays free while its server is down.
const LOWEST = 15_000
const HIGHEST = 32_000

/** Whether somebody could listen on `port` of loopback now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port)) return port
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}`)
}
