/** The upstream of row 38, a process of its own: of twenty messages one is a document. Told what to do over IPC. */
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { isValid, noiseText } from './noise-text.ts'

/** What the parent says: send so many messages, so many per second. */
export interface NoiseOrder {
  readonly messages: number
  readonly rate: number
}

/** What the noise says. `sent`: the order is complete. */
export type NoiseWord =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'open' }
  | { readonly type: 'sent'; readonly messages: number; readonly valid: number }

const BEAT_MS = 5
/** A peer that does not read is not written to. */
const MAX_BUFFERED = 4 * 1024 * 1024

let socket: WebSocket | undefined
const counts = { messages: 0, valid: 0 }

const http = createServer((_request, response) => response.writeHead(426).end())
new WebSocketServer({ server: http }).on('connection', (opened) => {
  socket = opened
  opened.on('error', () => {})
  say({ type: 'open' })
})

function obey({ messages, rate }: NoiseOrder): void {
  const startedAt = performance.now()
  const beat = setInterval(() => {
    const due = Math.min(messages, Math.floor(((performance.now() - startedAt) / 1_000) * rate))
    while (counts.messages < due && socket && socket.bufferedAmount < MAX_BUFFERED) {
      const seq = counts.messages++
      if (isValid(seq)) counts.valid++
      socket.send(noiseText(seq), { binary: false })
    }
    if (counts.messages < messages || socket?.bufferedAmount) return
    clearInterval(beat)
    say({ type: 'sent', ...counts })
  }, BEAT_MS)
}

function say(word: NoiseWord): void {
  process.send?.(word)
}

process.on('message', (order: NoiseOrder) => obey(order))
process.on('disconnect', () => process.exit())
http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  if (address && typeof address === 'object') say({ type: 'listening', port: address.port })
})
