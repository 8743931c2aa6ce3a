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
/** Time limit of a closing handshake, begun by either side. */
const CLOSE_TIMEOUT_MS = 1_000
/** Bounds the memory of many tiny TCP reads or fragments. Ordinary pieces are larger. */
const SMALLEST_PIECE_BYTES = 256
const FEWEST_PIECES = 1_024

/** URL, headers and first messages of a single dial. */
export interface DialTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly openMessages: readonly string[]
}

/** Options of a connection. The silence limit, read budget and first-message timer are shared with later connections. */
export type ConnectionOptions = WebSocketOptions & {
  readonly silenceLimit: SilenceLimit | undefined
  readonly readBudget: ReadBudget
  readonly isLife: LifeTest | undefined
  readonly first: FirstMessage
}

/** Dials at once. The constructor throws `SourceLost('configuration')` if the URL or a header cannot be used. */
export class Connection {
  readonly #target: DialTarget
  readonly #options: ConnectionOptions
  readonly #ws: WebSocket
  readonly #receiveBuffer: ReceiveBuffer
  readonly #pauseLock = new PauseLock((isHeld) => (isHeld ? this.#pause() : this.#resume()))
  /** Handshake timer. */
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
    // The library's handshakeTimeout restarts with each byte received, so a slow server could extend the handshake for ever.
    this.#deadline = setTimeout(
      () => this.#lose(new SourceLost('handshake_timeout', `no handshake within ${options.handshakeTimeoutMs} ms`)),
      options.handshakeTimeoutMs,
    )
    this.#listen(opened)
  }

  /** Returns the messages that arrived since the last call, possibly none. */
  take(): readonly Message[] {
    const messages = this.#receiveBuffer.take()
    if (messages.length > 0) this.#heard(messages)
    return messages
  }

  /** Discards the messages that were not taken. */
  leave(): void {
    this.#receiveBuffer.close()
  }

  /** Resolves when messages can be taken or the connection has closed. */
  change(): Promise<void> {
    return this.#receiveBuffer.arrival()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Returns how the connection ended; call only when `closed`. Throws `SourceLost`. */
  ending(): Ended {
    if (this.#verdict instanceof SourceLost) throw this.#verdict
    return this.#verdict ?? { code: undefined, detail: '' }
  }

  /** Closes with 1001, or aborts the dial. The socket closes within a second; messages that arrive until then can be taken. */
  stop(): void {
    this.#verdict ??= { code: GOING_AWAY, detail: '' }
    this.#ws.close(GOING_AWAY)
  }

  /** Parses messages for signs of life only if a timer waits for them. */
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
    // With the default binary type, nodebuffer, text and binary messages both arrive as one Buffer.
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

  /** Whether our side delays reading; silence then does not count against the peer. */
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

  /** Keeps the first verdict; later errors are consequences. Skips the closing handshake, since the peer may not respond. */
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
    // The library would close the connection on invalid UTF-8; our parser refuses only the message.
    skipUTF8Validation: true,
    // The library passes unknown options on to the socket.
    onread: options.readBudget.onread,
  }
  try {
    return new WebSocket(target.url, settings)
  } catch (error) {
    // The error message contains the URL, so only the code is shown.
    throw new SourceLost('configuration', `the URL or a header cannot be used (${errorCode(error) || 'invalid'})`)
  }
}
