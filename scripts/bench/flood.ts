/**
 * The upstream of the bench, a process of its own: one URL per source, frames as fast as the sockets take them.
 * It speaks as little WebSocket as a client needs: the handshake, a pong, a close. Told what to do over IPC.
 */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FrameBlock, frameBlock } from './frames.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from './trade.ts'

/** What the parent says. `send`: each source's further messages, in order of the sources; `rate`: all together, per second. */
export interface FloodOrder {
  readonly send: readonly number[]
  readonly rate?: number | undefined
}

/** What the flood says. */
export type FloodWord =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'open'; readonly sockets: number }
  | { readonly type: 'sent'; readonly messages: number }

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const FRAMES_PER_BLOCK = 2_048
const OPCODE = 0x0f
const CLOSE = 8
const PING = 9
const EMPTY_PONG = Buffer.from([0x8a, 0x00])
/** How often a paced flood writes, in milliseconds. */
const BEAT_MS = 5

interface Source {
  readonly socket: Socket
  readonly block: FrameBlock
  next: number
}

const sources: (Source | undefined)[] = []

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
  const next = sources[at]?.next ?? FIRST_SEQUENCE
  sources[at] = { socket, block: frameBlock(FIRST_SOURCE + at, FRAMES_PER_BLOCK), next }
  say({ type: 'open', sockets: sources.filter((source) => source && !source.socket.destroyed).length })
}

function control(socket: Socket, data: Buffer): void {
  const opcode = (data[0] ?? 0) & OPCODE
  if (opcode === PING) socket.write(EMPTY_PONG)
  if (opcode === CLOSE) socket.end()
}

/** Sends `count` messages; resolves when the operating system has taken them, or when the socket is gone. */
async function pour(source: Source, count: number): Promise<void> {
  for (let left = count; left > 0 && !source.socket.destroyed; ) {
    const frames = Math.min(left, source.block.capacity)
    const bytes = source.block.fill(source.next, frames)
    source.next += frames
    left -= frames
    await new Promise<void>((resolve) => source.socket.write(bytes, () => resolve()))
  }
}

/** The same, `rate` messages per second. */
async function drip(source: Source, count: number, rate: number): Promise<void> {
  const startedAt = performance.now()
  for (let sent = 0; sent < count && !source.socket.destroyed; ) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1_000) * rate))
    if (due > sent) await pour(source, due - sent)
    sent = Math.max(sent, due)
    await sleep(BEAT_MS)
  }
}

async function obey({ send, rate }: FloodOrder): Promise<void> {
  const work = send.map((count, at) => {
    const source = sources[at]
    if (!source) return undefined
    return rate === undefined ? pour(source, count) : drip(source, count, rate / send.length)
  })
  await Promise.all(work)
  say({ type: 'sent', messages: sources.reduce((sum, source) => sum + (source ? source.next - FIRST_SEQUENCE : 0), 0) })
}

function say(word: FloodWord): void {
  process.send?.(word)
}

process.on('message', (order: FloodOrder) => void obey(order))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') say({ type: 'listening', port: address.port })
})
