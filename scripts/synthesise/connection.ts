/** One connection's life: what is due is sent in bursts, back-pressure is honoured, and the asked-for failure ends it. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { garbageAt } from './garbage.ts'
import type { Sample, Stream, UpstreamKind } from './kinds/kind.ts'
import type { Settings } from './options.ts'
import { createPacer } from './pacer.ts'

/** What was sent on one connection; kept after its end. */
export interface Sent {
  /** Messages handed to the socket, garbage not counted. */
  messages: number
  garbage: number
  /** The exact texts, if they are recorded. */
  readonly texts: string[]
}

/** Unsent bytes beyond which sending waits until the client has read. */
const MAX_BUFFERED_BYTES = 256 * 1024
/** Messages per tick, so that no connection keeps the others waiting. */
const MAX_BURST = 1000

/** Serves a connection until it ends. `index` is its number, which decides its stream. */
export function serveConnection(
  ws: WebSocket,
  socket: Socket,
  kind: UpstreamKind,
  settings: Settings,
  index: number,
): Sent {
  const { seed, startAt, pool } = settings
  const sent: Sent = { messages: 0, garbage: 0, texts: [] }
  const symbols = new Set<string>()
  const stream = kind.messages({ seed, startAt, pool, connection: index, symbols })
  const { subscribe } = kind
  // A client that breaks the protocol ends its own connection only.
  ws.on('error', () => {})
  if (subscribe === undefined) {
    startSending(ws, socket, stream, settings, sent)
    return sent
  }
  let started = false
  ws.on('message', (data) => {
    const answer = subscribe(String(data), symbols)
    if (answer !== undefined) ws.send(answer)
    if (started || symbols.size === 0) return
    started = true
    startSending(ws, socket, stream, settings, sent)
  })
  return sent
}

function startSending(ws: WebSocket, socket: Socket, stream: Stream, settings: Settings, sent: Sent): void {
  const pacer = createPacer(settings.rate, performance.now())
  const { stopAfter, end } = planEnd(ws, socket, settings)
  const tick = () => {
    if (ws.readyState !== ws.OPEN) return
    const budget = Math.min(pacer.due(performance.now()), MAX_BURST, stopAfter - sent.messages)
    // Corked, a burst is one system call instead of one a message.
    socket.cork()
    for (let rest = budget; rest > 0 && ws.bufferedAmount < MAX_BUFFERED_BYTES; rest--) {
      pacer.sent()
      sendSample(ws, stream.next().value, settings, sent)
    }
    socket.uncork()
    if (sent.messages >= stopAfter) end()
    else if (ws.bufferedAmount >= MAX_BUFFERED_BYTES) socket.once('drain', tick)
    else scheduleTick(tick, pacer.waitMs(performance.now()))
  }
  const timers: { next?: NodeJS.Timeout } = {}
  ws.once('close', () => clearTimeout(timers.next))
  const scheduleTick = (next: () => void, waitMs: number) => {
    if (waitMs === 0) setImmediate(next)
    else timers.next = setTimeout(next, Math.ceil(waitMs))
  }
  tick()
}

function sendSample(ws: WebSocket, { text }: Sample, { record, garbage }: Settings, sent: Sent): void {
  ws.send(text)
  sent.messages++
  if (record) sent.texts.push(text)
  if (garbage === undefined || sent.messages % garbage !== 0) return
  ws.send(garbageAt(sent.garbage))
  sent.garbage++
}

/** The earliest of the asked-for ends, and what to do there. */
function planEnd(ws: WebSocket, socket: Socket, settings: Settings): { stopAfter: number; end: () => void } {
  const { closeAfter, dropAfter, silentAfter, count } = settings
  const ends = [
    { stopAfter: count, end: () => {} },
    ...(silentAfter === undefined ? [] : [{ stopAfter: silentAfter, end: () => {} }]),
    ...(closeAfter === undefined
      ? []
      : [{ stopAfter: closeAfter.messages, end: () => ws.close(closeAfter.code ?? 1000) }]),
    ...(dropAfter === undefined ? [] : [{ stopAfter: dropAfter, end: () => dropWhenFlushed(ws, socket) }]),
  ]
  // Of equal counts the last wins: an end beats silence, and a cut beats a close.
  return ends.reduce((first, next) => (next.stopAfter <= first.stopAfter ? next : first))
}

function dropWhenFlushed(ws: WebSocket, socket: Socket): void {
  if (socket.writableLength === 0) ws.terminate()
  else socket.write('', () => ws.terminate())
}
