/**
 * The upstream of the bench, a process of its own: one URL per source, frames as fast as the sockets take them.
 * It speaks as little WebSocket as a client needs: the handshake, a pong, a close. Arguments: shape and number of sources;
 * told what to do over IPC.
 */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { frameBlock } from './frames.ts'
import { drip, pour, type Source, type Write } from './pace.ts'
import { isShapeName, shapes } from './shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from './shapes/shape.ts'

/**
 * What the parent says. `send`: each source's further messages, in order of the sources; `rate`: all together, per second;
 * `onePerWrite`: never two in one write.
 */
export interface FloodOrder {
  readonly send: readonly number[]
  readonly rate?: number | undefined
  readonly onePerWrite?: boolean
}

/** What the flood says. `writes` are of a paced order, empty otherwise. */
export type FloodWord =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'open'; readonly sockets: number }
  | { readonly type: 'sent'; readonly writes: readonly Write[] }

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const FRAMES_PER_BLOCK = 2_048
/** Of one block, and of all together. */
const BLOCK_BYTES = 256 * 1024
const ALL_BLOCKS_BYTES = 256 * 1024 * 1024
const OPCODE = 0x0f
const CLOSE = 8
const PING = 9
const EMPTY_PONG = Buffer.from([0x8a, 0x00])

const [shapeName = '', count = '1'] = process.argv.slice(2)
const shape = isShapeName(shapeName) ? shapes[shapeName] : shapes.small
const blockBytes = Math.min(BLOCK_BYTES, ALL_BLOCKS_BYTES / Number(count))
const sources: (Source | undefined)[] = []
let open = 0

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  let head = ''
  socket.on('data', (data) => {
    if (head === 'done') return control(socket, data)
    head += data.toString('latin1')
    if (!head.includes('\r\n\r\n')) return
    accept(socket, head)
    head = 'done'
  })
})

/** Answers the handshake; the path is the number of the source. A second dial of the same source takes its order up again. */
function accept(socket: Socket, head: string): void {
  const at = Number(/^GET \/(\d+)/.exec(head)?.[1])
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1]
  if (!key || !Number.isInteger(at)) return void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
  const answer = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  const lines = [
    '101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${answer}`,
  ]
  socket.write(`HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`)
  const block = frameBlock(shape, FIRST_SOURCE + at, FRAMES_PER_BLOCK, blockBytes)
  sources[at] = { socket, block, next: sources[at]?.next ?? FIRST_SEQUENCE }
  socket.once('close', () => void open--)
  say({ type: 'open', sockets: ++open })
}

function control(socket: Socket, data: Buffer): void {
  const opcode = (data[0] ?? 0) & OPCODE
  if (opcode === PING) socket.write(EMPTY_PONG)
  if (opcode === CLOSE) socket.end()
}

async function obey({ send, rate, onePerWrite }: FloodOrder): Promise<void> {
  const mostPerWrite = onePerWrite ? 1 : FRAMES_PER_BLOCK
  if (rate !== undefined) return say({ type: 'sent', writes: await drip(sources, send, rate, mostPerWrite) })
  const pouring = send.map((count, at) => {
    const source = sources[at]
    return source && pour(source, count, mostPerWrite)
  })
  await Promise.all(pouring)
  say({ type: 'sent', writes: [] })
}

function say(word: FloodWord): void {
  process.send?.(word)
}

process.on('message', (order: FloodOrder) => void obey(order))
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address()
  if (address && typeof address === 'object') say({ type: 'listening', port: address.port })
})
