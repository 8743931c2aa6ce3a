/** A TCP proxy on loopback that delays, cuts, swallows or holds what passes through it. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/stack/ports.ts'

/** How bytes pass in one direction. */
export interface Way {
  /** `hold`: they wait, the sender's buffer fills up. `swallow`: they are read and thrown away. */
  readonly flow: 'pass' | 'hold' | 'swallow'
  /** Milliseconds between arrival and departure. */
  readonly latencyMs: number
  /** Largest piece written at once, in bytes; 0 = as they come. */
  readonly sliceBytes: number
}

/** A running proxy. Its ways can be changed at any time, for connections that are open, too. */
export interface TcpProxy {
  /** `127.0.0.1:port`. */
  readonly address: string
  readonly port: number
  /** Connections open now, and opened so far. */
  readonly open: number
  readonly opened: number
  /** Bytes swallowed so far. */
  readonly swallowed: number
  /** Where new connections go; until it is set they are refused. */
  target: number
  /** Sets the way from client to server (`up`) and back (`down`). What is not named becomes plain again. */
  set(ways: { readonly up?: Partial<Way>; readonly down?: Partial<Way> }): void
  /** Cuts every connection with a reset. */
  reset(): void
  /** Once `bytes` more have passed towards the server on a connection, that connection is reset; only the first one. Resolves then. */
  resetAfter(bytes: number): Promise<void>
  /** Nobody listens any more, and every connection is cut: as if the server were down. */
  down(): Promise<void>
  /** Listens again on the same port. */
  up(): Promise<void>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const PLAIN: Way = { flow: 'pass', latencyMs: 0, sliceBytes: 0 }
/** Bytes of one direction that may wait in a delay. */
const MAX_DELAYED = 4 * 1024 * 1024
const POLL_MS = 5

interface State {
  up: Way
  down: Way
  swallowed: number
  fuse: { left: number; readonly blown: () => void } | undefined
}

/** Starts one in front of port `target` of loopback. */
export async function startProxy(target = 0): Promise<TcpProxy> {
  const state: State = { up: PLAIN, down: PLAIN, swallowed: 0, fuse: undefined }
  const clients = new Set<Socket>()
  const port = await freePort()
  let opened = 0
  const server = createServer({ noDelay: true }, (client) => {
    opened++
    clients.add(client)
    client.once('close', () => clients.delete(client))
    relay(client, proxy.target, state)
  })
  const reset = (): void => {
    for (const client of clients) client.resetAndDestroy()
  }
  const down = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    reset()
    await closed
  }
  const proxy: TcpProxy = {
    address: `127.0.0.1:${port}`,
    port,
    target,
    get open() {
      return clients.size
    },
    get opened() {
      return opened
    },
    get swallowed() {
      return state.swallowed
    },
    set(ways) {
      const wasSwallowing = state.up.flow === 'swallow' || state.down.flow === 'swallow'
      state.up = { ...PLAIN, ...ways.up }
      state.down = { ...PLAIN, ...ways.down }
      // Bytes are missing in the middle: no protocol goes on from there.
      if (wasSwallowing) reset()
    },
    reset,
    resetAfter: (bytes) =>
      new Promise((resolve) => {
        state.fuse = { left: bytes, blown: resolve }
      }),
    down,
    up: async () => {
      if (!server.listening) await listen(server, port)
    },
    close: down,
    [Symbol.asyncDispose]: down,
  }
  await proxy.up()
  return proxy
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function relay(client: Socket, target: number, state: State): void {
  const server = connect({ port: target, host: '127.0.0.1', noDelay: true })
  const end = (): void => {
    client.destroy()
    server.destroy()
  }
  // A reset of one side is passed on as one.
  client.once('error', () => server.resetAndDestroy())
  server.once('error', () => client.resetAndDestroy())
  client.once('close', () => server.destroy())
  server.once('close', () => setImmediate(() => client.destroySoon()))
  const fuse = (bytes: number): void => {
    const { fuse: armed } = state
    if (!armed) return
    armed.left -= bytes
    if (armed.left > 0) return
    state.fuse = undefined
    client.resetAndDestroy()
    server.resetAndDestroy()
    armed.blown()
  }
  pump(client, server, { way: () => state.up, passed: fuse, swallowed: (n) => (state.swallowed += n) }).catch(end)
  pump(server, client, { way: () => state.down, passed: () => {}, swallowed: (n) => (state.swallowed += n) }).catch(end)
}

interface Pumping {
  readonly way: () => Way
  readonly passed: (bytes: number) => void
  readonly swallowed: (bytes: number) => void
}

/** Passes on what `from` says, in order, the way it is to go at its arrival; ends `to` when `from` ends. */
async function pump(from: Socket, to: Socket, { way, passed, swallowed }: Pumping): Promise<void> {
  const queue = delayed(from, to, way)
  for (let chunk = await queue.next(); chunk; chunk = await queue.next()) {
    while (way().flow === 'hold' && !to.destroyed) {
      from.pause()
      await sleep(POLL_MS)
    }
    queue.passed(chunk)
    if (way().flow === 'swallow') swallowed(chunk.length)
    else await write(to, chunk, way().sliceBytes)
    passed(chunk.length)
  }
  if (!to.destroyed) to.end()
}

/** What `from` says, each piece when its time has come. `next` answers undefined at the end of either side. */
function delayed(from: Socket, to: Socket, way: () => Way) {
  const waiting: { readonly chunk: Buffer; readonly leaveAt: number }[] = []
  let bytes = 0
  let wake = (): void => {}
  let ended = false
  const end = (): void => {
    ended = true
    wake()
  }
  from.on('data', (chunk: Buffer) => {
    waiting.push({ chunk, leaveAt: performance.now() + way().latencyMs })
    bytes += chunk.length
    if (bytes > MAX_DELAYED) from.pause()
    wake()
  })
  from.once('end', end)
  to.once('close', end)
  return {
    async next(): Promise<Buffer | undefined> {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const next = waiting.shift()
      if (!next || to.destroyed) return undefined
      const early = next.leaveAt - performance.now()
      if (early > 0) await sleep(early)
      return next.chunk
    },
    passed(chunk: Buffer): void {
      bytes -= chunk.length
      if (from.isPaused() && bytes <= MAX_DELAYED) from.resume()
    },
  }
}

async function write(to: Socket, chunk: Buffer, sliceBytes: number): Promise<void> {
  const step = sliceBytes > 0 ? sliceBytes : chunk.length
  for (let at = 0; at < chunk.length && !to.destroyed; at += step) {
    const hasRoom = to.write(chunk.subarray(at, at + step))
    // One turn of the loop each, or the kernel puts them together again.
    if (sliceBytes > 0) await new Promise((resolve) => setImmediate(resolve))
    if (!hasRoom && !to.destroyed) {
      await new Promise<void>((resolve) => {
        to.once('drain', resolve)
        to.once('close', resolve)
      })
    }
  }
}
