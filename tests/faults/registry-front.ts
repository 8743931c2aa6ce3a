/** What stands before the registry and may answer in its place: it knows who asked what, and how many at once. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Rig } from './rig.ts'

/** One request that has been made. */
export interface Asked {
  readonly subject: string
  /** performance.now(). */
  readonly at: number
  /** Requests for the same subject under way at its beginning, itself included. */
  readonly atOnce: number
}

/** Answers a request in the registry's place; false leaves it to the registry. */
export type FrontScript = (request: IncomingMessage, response: ServerResponse) => boolean

/** A running front. `script` may be replaced at any time. */
export interface RegistryFront {
  readonly port: number
  /** Requests for the latest version of a subject, in their order. */
  readonly asked: readonly Asked[]
  script: FrontScript | undefined
  /** Nothing that it sends has a Date. */
  hidesTime: boolean
  close(): Promise<void>
}

/** Starts one; `targetOf` answers the port of the registry that a path is for. */
async function startRegistryFront(targetOf: (path: string) => number): Promise<RegistryFront> {
  const asked: Asked[] = []
  const underWay = new Map<string, number>()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    response.sendDate = !front.hidesTime
    const path = request.url ?? ''
    const [, encoded] = /\/subjects\/([^/]+)\/versions\/latest$/.exec(path) ?? []
    if (encoded) {
      const subject = decodeURIComponent(encoded)
      const atOnce = (underWay.get(subject) ?? 0) + 1
      underWay.set(subject, atOnce)
      asked.push({ subject, at: performance.now(), atOnce })
      response.once('close', () => underWay.set(subject, (underWay.get(subject) ?? 1) - 1))
    }
    if (!front.script?.(request, response)) void pass(request, response, targetOf(path))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front: RegistryFront = {
    port: (server.address() as AddressInfo).port,
    asked,
    script: undefined,
    hidesTime: false,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return front
}

/** Starts a front on the daemon's way to the registry that rows share, until the row is over. `targetOf` may send some paths elsewhere. */
export async function placeFront(
  rig: Rig,
  targetOf: (path: string) => number | undefined = () => undefined,
): Promise<RegistryFront> {
  const { registry, proxy } = rig.registry
  const front = await startRegistryFront((path) => targetOf(path) ?? registry.port)
  rig.defer(() => {
    proxy.target = registry.port
    proxy.reset()
    return front.close()
  })
  proxy.target = front.port
  proxy.reset()
  return front
}

/** Asks the registry the same, and hands on what it says. */
async function pass(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  try {
    const body = request.method === 'GET' ? undefined : await text(request)
    const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
    const type = answer.headers.get('content-type') ?? 'application/json'
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text())
  } catch {
    response.destroy()
  }
}
