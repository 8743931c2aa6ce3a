/** One WebSocket from dial to close; the only importer of ws. */
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { SourceLost } from '../errors.ts'
import { errorCode } from '../lib/error-code.ts'
import type { Ended, Message } from '../model.ts'
import { byClose, byError, byStatus } from './classify.ts'
import type { FirstMessage } from './first-message.ts'
import { type Heartbeat, heartbeat } from './heartbeat.ts'
import type { SilenceLimit } from './learned-silence.ts'
import type { LifeTest } from './life.ts'
import type { WebSocketOptions } from './options.ts'
import { PauseLock } from './pause-lock.ts'
import type { ReadBudget } from './read-budget.ts'
import { ReadLag } from './read-lag.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { type Silence, silence } from './silence.ts'

const GOING_AWAY = 1001
const WATERMARK_BYTES = 512 * 1024
/** How long a closing handshake may take, whoever began it. */
const CLOSE_TIMEOUT_MS = 1_000
/** Honest pieces (TCP reads, fragments) are larger than this, so it bounds what a trickle of tiny ones can hold in memory. */
const SMALLEST_PIECE_BYTES = 256
const FEWEST_PIECES = 1_024

/** Where to dial this time, and what to send then. */
export interface DialTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly openMessages: readonly string[]
}

/** What one connection needs; the silence limit, the intake and the wait for a first message outlive it. */
export type ConnectionOptions = WebSocketOptions & {
  readonly silenceLimit: SilenceLimit | undefined
  readonly readBudget: ReadBudget
  readonly isLife: LifeTest | undefined
  readonly first: FirstMessage
}

/** Dials at once. Throws `SourceLost('configuration')` when the URL or a header cannot be used. */
export class Connection {
  readonly #target: DialTarget
  readonly #options: ConnectionOptions
  readonly #ws: WebSocket
  readonly #receiveBuffer: ReceiveBuffer
  readonly #pauseLock = new PauseLock((isHeld) => (isHeld ? this.#pause() : this.#resume()))
  /** Of the handshake. */
  #deadline: NodeJS.Timeout | undefined
  #socket: Socket | undefined
  #readLag: ReadLag | undefined
  #heartbeat: Heartbeat | undefined
  #silence: Silence | undefined
  #verdict: Ended | SourceLost | undefined
  #opened = false
  #closed = false

  constructor(target: DialTarget, options: ConnectionOptions, opened: () => void) {
    this.#target = target
    this.#options = options
    this.#ws = open(target, options)
    const control = {
      pause: () => this.#pauseLock.hold(),
      resume: () => this.#pauseLock.release(),
      burst: () => this.#lose(new SourceLost('too_big', 'too much arrived at once')),
    }
    this.#receiveBuffer = new ReceiveBuffer(
      options.info,
      options.watermarkBytes ?? WATERMARK_BYTES,
      control,
      options.readBudget,
    )
    // Not the library's handshakeTimeout: that one starts anew with each byte a slow server drips.
    this.#deadline = setTimeout(
      () => this.#lose(new SourceLost('handshake_timeout', `no handshake within ${options.handshakeTimeoutMs} ms`)),
      options.handshakeTimeoutMs,
    )
    this.#listen(opened)
  }

  /** What has arrived since the last call; empty when nothing has. */
  take(): readonly Message[] {
    const messages = this.#receiveBuffer.take()
    if (messages.length > 0) this.#heard(messages)
    return messages
  }

  /** Nothing more is taken: what is left is nobody's. */
  leave(): void {
    this.#receiveBuffer.close()
  }

  /** Resolves when there is something to take, or the connection has closed. */
  change(): Promise<void> {
    return this.#receiveBuffer.arrival()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** How it ended; ask when `closed`. Throws `SourceLost`. */
  ending(): Ended {
    if (this.#verdict instanceof SourceLost) throw this.#verdict
    return this.#verdict ?? { code: undefined, detail: '' }
  }

  /** Closes with 1001, or gives up the dial. The socket is gone at most a second later; what still arrives may be taken. */
  stop(): void {
    this.#verdict ??= { code: GOING_AWAY, detail: '' }
    this.#ws.close(GOING_AWAY)
  }

  /** Nothing is looked at that nobody waits for. */
  #heard(messages: readonly Message[]): void {
    const { isLife, first } = this.#options
    if (!this.#silence && !first.isAwaited) return
    if (isLife && !isLife(messages)) return
    first.heard()
    this.#silence?.heard()
  }

  #listen(opened: () => void): void {
    this.#ws.on('upgrade', (response) => {
      this.#socket = response.socket
    })
    this.#ws.on('unexpected-response', (_request, response) => {
      this.#lose(byStatus(response.statusCode ?? 0, response.headers, Date.now()))
    })
    this.#ws.on('open', () => {
      this.#open()
      opened()
    })
    // With the binary type left at nodebuffer, text and binary messages alike come as one Buffer.
    this.#ws.on('message', (data) => this.#receiveBuffer.push(data as Buffer))
    // After an error the library closes by itself, within CLOSE_TIMEOUT_MS.
    this.#ws.on('error', (error) => {
      this.#verdict ??= byError(error, { opened: this.#opened, overTls: /^wss:/i.test(this.#target.url) })
    })
    this.#ws.on('close', (code, reason) => {
      this.#verdict ??= byClose(code, reason)
      this.#close()
    })
  }

  #open(): void {
    clearTimeout(this.#deadline)
    this.#deadline = undefined
    this.#opened = true
    for (const message of this.#target.openMessages) this.#ws.send(message, { compress: false })
    const { pingIntervalMs, silenceLimit, behind, readBudget, first } = this.#options
    if (this.#socket && behind) this.#readLag = new ReadLag(this.#socket, behind)
    readBudget.join(this.#pauseLock)
    first.opened(() => this.#isHeldUp())
    if (pingIntervalMs > 0) this.#heartbeat = this.#beat(pingIntervalMs)
    if (silenceLimit) this.#silence = this.#listenForSilence(silenceLimit)
  }

  #beat(intervalMs: number): Heartbeat {
    return heartbeat(intervalMs, {
      bytesRead: () => this.#socket?.bytesRead ?? 0,
      isPaused: () => this.#pauseLock.isHeld,
      ping: () => this.#ws.ping(),
      dead: () => this.#lose(new SourceLost('ping_timeout', `no sign of life within ${intervalMs} ms of a ping`)),
    })
  }

  /** Then we are the slow ones, and the peer is not judged. */
  #isHeldUp(): boolean {
    return this.#receiveBuffer.isHolding || this.#pauseLock.isHeld
  }

  #listenForSilence(limit: SilenceLimit): Silence {
    return silence(
      limit,
      () => this.#isHeldUp(),
      (limitMs) => {
        limit.silent()
        this.#lose(new SourceLost('silent', `no message for ${Math.round(limitMs)} ms`))
      },
    )
  }

  #pause(): void {
    this.#ws.pause()
    this.#readLag?.held()
    this.#options.paused?.(true)
  }

  #resume(): void {
    this.#heartbeat?.resumed()
    this.#ws.resume()
    this.#readLag?.released()
    if (!this.#closed) this.#options.paused?.(false)
  }

  /** The first verdict counts: what follows is its consequence. No closing handshake with a peer that does not answer. */
  #lose(lost: SourceLost): void {
    this.#verdict ??= lost
    this.#ws.terminate()
  }

  #close(): void {
    clearTimeout(this.#deadline)
    this.#heartbeat?.stop()
    this.#silence?.stop()
    this.#options.first.closed()
    this.#closed = true
    this.#options.readBudget.leave(this.#pauseLock)
    if (this.#pauseLock.isHeld) this.#options.paused?.(false)
    this.#receiveBuffer.wake()
  }
}

function open(target: DialTarget, options: ConnectionOptions): WebSocket {
  const pieces = Math.max(FEWEST_PIECES, Math.ceil(options.maxMessageBytes / SMALLEST_PIECE_BYTES))
  const settings = {
    headers: { ...target.headers },
    maxPayload: options.maxMessageBytes,
    maxFragments: pieces,
    maxBufferedChunks: pieces,
    followRedirects: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    perMessageDeflate: options.compression && { clientNoContextTakeover: true },
    // On purpose: the parser refuses one message of broken text and keeps the connection; the library would end it.
    skipUTF8Validation: true,
    // For the socket: the library hands on what it does not know.
    onread: options.readBudget.onread,
  }
  try {
    return new WebSocket(target.url, settings)
  } catch (error) {
    // Its message holds the URL, so only the code is shown.
    throw new SourceLost('configuration', `the URL or a header cannot be used (${errorCode(error) || 'invalid'})`)
  }
}
