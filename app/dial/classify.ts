/** Classifies the end of a connection: close codes, library errors and handshake statuses become `Ended` or `SourceLost`. */
import type { IncomingHttpHeaders } from 'node:http'
import { type LostReason, SourceLost } from '../errors.ts'
import { errorCode } from '../lib/error-code.ts'
import { printable } from '../lib/printable.ts'
import type { Ended } from '../model.ts'
import { httpDate, retryAfterMs } from './retry-after.ts'

/** Longest reason of a close frame (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123
const MAX_ERROR_BYTES = 200

/** Close codes that end a connection in order: normal, going away, and a close frame without a code. */
const ORDERLY = new Set([1000, 1001, 1005])
const NO_CLOSE_FRAME = 1006
const TOO_BIG = 1009

/** Classifies a close code (RFC 6455 §7.4). `reason` is the peer's text; loggers hide its secrets. 1008 and codes from 4000 mean a refusal and select the slow back-off. */
export function byClose(code: number, reason: Buffer): Ended | SourceLost {
  const detail = printable(reason.toString(), MAX_REASON_BYTES)
  if (ORDERLY.has(code)) return { code, detail }
  if (code === NO_CLOSE_FRAME)
    return new SourceLost('closed', 'the connection broke off without a close frame', { code })
  const pace = code === 1008 || code >= 4000 ? 'slow' : 'normal'
  return new SourceLost('closed', `closed with ${code}${detail && `: ${detail}`}`, { code, pace })
}

/** Classifies a handshake response other than 101. `now` (milliseconds since the epoch) replaces a missing Date header. */
export function byStatus(
  status: number,
  { 'retry-after': retryAfter, date }: Pick<IncomingHttpHeaders, 'retry-after' | 'date'>,
  now: number,
): SourceLost {
  const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
  return new SourceLost('handshake_status', `the handshake was answered with status ${status}${redirect}`, {
    code: status,
    pace: status === 401 || status === 403 ? 'slow' : 'normal',
    retryAfterMs: retryAfterMs(retryAfter, httpDate(date) ?? now),
  })
}

/** The state of the connection when an error occurred. */
export interface ErrorContext {
  readonly opened: boolean
  /** The URL has the scheme wss. */
  readonly overTls: boolean
}

/** Classifies an error of the socket or of the library. */
export function byError(error: Error & { syscall?: unknown; rawPacket?: unknown }, place: ErrorContext): SourceLost {
  const code = errorCode(error)
  // An AggregateError of several refused addresses has a code but no message.
  const detail = printable(error.message || code || error.name, MAX_ERROR_BYTES)
  if (place.opened) return afterOpen(code, detail, error)
  return wrongScheme(error, code, place) ?? new SourceLost(beforeOpen(code, error.syscall), detail, { cause: error })
}

/** OpenSSL's messages and Node's codes for bytes other than TLS. */
const NOT_TLS = /wrong version number|packet length too long|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/
/** The first bytes of a TLS alert or handshake (RFC 8446 §5.1). */
const TLS_RECORD = [0x15, 0x16]

function wrongScheme(
  error: Error & { rawPacket?: unknown },
  code: string,
  { overTls }: ErrorContext,
): SourceLost | undefined {
  const told = (reason: LostReason, message: string, speaks: SourceLost['speaks']): SourceLost =>
    new SourceLost(reason, message, { cause: error, speaks })
  if (overTls) {
    const isPlain = NOT_TLS.test(code) || (code === 'EPROTO' && NOT_TLS.test(error.message))
    return isPlain ? told('tls', 'the upstream does not speak TLS on this port', 'plain') : undefined
  }
  const { rawPacket: packet } = error
  if (Buffer.isBuffer(packet) && TLS_RECORD.includes(packet[0] ?? 0) && packet[1] === 3)
    return told('tls', 'the upstream speaks TLS on this port', 'tls')
  const isHangUp = code === 'ECONNRESET' && error.message === 'socket hang up'
  return isHangUp ? told('connect', 'the upstream closed the connection without an answer', 'nothing') : undefined
}

function afterOpen(code: string, detail: string, cause: Error): SourceLost {
  if (/^WS_ERR_UNSUPPORTED_\w+_LENGTH$/.test(code)) return new SourceLost('too_big', detail, { cause, code: TOO_BIG })
  if (/^(WS_ERR_|Z_)/.test(code)) return new SourceLost('protocol', detail, { cause })
  return new SourceLost('closed', detail, { cause, code: NO_CLOSE_FRAME })
}

/** Node's TLS errors and OpenSSL's verdicts on certificates. */
const TLS_ERROR_CODE =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_C|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$)/

function beforeOpen(code: string, syscall: unknown): LostReason {
  if (syscall === 'getaddrinfo') return 'dns'
  if (TLS_ERROR_CODE.test(code)) return 'tls'
  // No code: an error of the WebSocket library about the response. HPE_: an error of the HTTP parser.
  if (code === '' || code.startsWith('HPE_')) return 'protocol'
  return 'connect'
}
