/** The health check of an initialiser that stays: 503 while it works, 200 afterwards. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EXIT, Failure } from '../lib/failure.ts'

/** A listening health check. */
export interface Health {
  readonly port: number
  readonly isDone: boolean
  /** From now on the answer is 200. */
  done(): void
  close(): void
}

/** Answers GET and HEAD of `/health`. Throws `Failure` when the port is taken. */
export async function serveHealth(host: string, port: number): Promise<Health> {
  let healthy = false
  const server: Server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    const known = request.url === '/health' && (request.method === 'GET' || request.method === 'HEAD')
    const status = !known ? 404 : healthy ? 200 : 503
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(known ? JSON.stringify({ status: healthy ? 'done' : 'working' }) : undefined)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  }).catch((cause: unknown) => {
    throw new Failure(`nobody can listen on ${host}:${port}`, {
      cure: 'Choose another with --health-port.',
      code: EXIT.unavailable,
      cause,
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    get isDone() {
      return healthy
    },
    done() {
      healthy = true
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
