/** TCP servers that speak just enough HTTP and WebSocket to misbehave. */
import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A running raw server; `sockets` in order of arrival. */
export interface RawUpstream {
  readonly url: string
  readonly port: number
  readonly sockets: Socket[]
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one on loopback. `onRequest` gets each socket with the head of the HTTP request on it. */
export async function startRawUpstream(onRequest: (socket: Socket, head: string) => void): Promise<RawUpstream> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    let head = ''
    const gather = (data: Buffer): void => {
      head += data.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', gather)
      socket.resume()
      onRequest(socket, head)
    }
    socket.on('data', gather)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `ws://127.0.0.1:${port}/ws`, port, sockets, close, [Symbol.asyncDispose]: close }
}

/** A port of loopback that nothing listens on. */
export async function refusedPort(): Promise<number> {
  const server = await startRawUpstream(() => undefined)
  await server.close()
  return server.port
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The 101 answer to the request `head`; `extra` header lines end with CRLF each. */
export function switching(head: string, extra = ''): string {
  const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(head) ?? []
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${extra}\r\n`
}

/** An unmasked frame with a true length below 64 KiB. `first` is its first byte: FIN, RSV bits and opcode. */
export function frame(first: number, payload: Buffer): Buffer {
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 4 : 2)
  head[0] = first
  head[1] = long ? 126 : payload.length
  if (long) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
