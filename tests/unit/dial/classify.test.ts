/** What the end of a connection means. */
import { describe, expect, it } from '@jest/globals'
import { byClose, byError, byStatus } from '../../../app/dial/classify.ts'
import { SourceLost } from '../../../app/errors.ts'

const NOW = Date.UTC(2026, 0, 1)
const none = Buffer.alloc(0)
const DIALLING = { opened: false, overTls: false }
const failure = (code: string, message = code, more = {}): Error => Object.assign(new Error(message), { code, ...more })

describe('byClose', () => {
  it.each([1000, 1001, 1005])('takes %i as an end in order', (code) => {
    expect(byClose(code, Buffer.from('bye'))).toEqual({ code, detail: 'bye' })
  })

  it.each([
    [1002, 'normal'],
    [1006, 'normal'],
    [1008, 'slow'],
    [1011, 'normal'],
    [1013, 'normal'],
    [3000, 'normal'],
    [4000, 'slow'],
    [4999, 'slow'],
  ] as const)('takes %i as lost, at pace %s', (code, pace) => {
    expect(byClose(code, none)).toMatchObject({ reason: 'closed', code, pace })
  })

  it('keeps the reason short and printable', () => {
    const ended = byClose(1000, Buffer.from(`a\r\n\u001b[31m${'\u202e'}b${'é'.repeat(200)}`))
    if (ended instanceof SourceLost) throw ended
    expect(ended.detail).toMatch(/^a \[31m bé+$/)
    expect(Buffer.byteLength(ended.detail)).toBeLessThanOrEqual(123)
  })

  it('bears a reason that is not UTF-8', () => {
    expect(byClose(1011, Buffer.from([0xff, 0xfe]))).toMatchObject({ reason: 'closed', code: 1011 })
  })
})

describe('byStatus', () => {
  it.each([
    [401, 'slow'],
    [403, 'slow'],
    [301, 'normal'],
    [404, 'normal'],
    [429, 'normal'],
    [500, 'normal'],
    [503, 'normal'],
  ] as const)('takes %i at pace %s', (status, pace) => {
    expect(byStatus(status, {}, NOW)).toMatchObject({ reason: 'handshake_status', code: status, pace })
  })

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
    ['Thursday, 01-Jan-26 00:01:30 GMT', 90_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', undefined],
    ['99999999999999999999', 86_400_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j as %p', (header, expected) => {
    expect(byStatus(429, { 'retry-after': header }, NOW).retryAfterMs).toBe(expected)
  })

  it.each([
    ['hours behind ours', 'Wed, 31 Dec 2025 20:00:00 GMT', 'Wed, 31 Dec 2025 20:00:30 GMT', 30_000],
    ['hours ahead of ours', 'Thu, 01 Jan 2026 04:00:00 GMT', 'Thu, 01 Jan 2026 04:01:00 GMT', 60_000],
    ['not told', undefined, 'Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
    ['nonsense', 'now', 'Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
  ])('counts a date from the clock of the server: %s', (_, date, header, expected) => {
    expect(byStatus(503, { 'retry-after': header, date }, NOW).retryAfterMs).toBe(expected)
  })
})

describe('byError', () => {
  it.each([
    [failure('ENOTFOUND', 'x', { syscall: 'getaddrinfo' }), 'dns'],
    [failure('EAI_AGAIN', 'x', { syscall: 'getaddrinfo' }), 'dns'],
    [failure('ECONNREFUSED'), 'connect'],
    [failure('ECONNRESET', 'socket hang up'), 'connect'],
    [failure('EHOSTUNREACH'), 'connect'],
    [failure('EPROTO'), 'tls'],
    [failure('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls'],
    [failure('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls'],
    [failure('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls'],
    [failure('SELF_SIGNED_CERT_IN_CHAIN'), 'tls'],
    [failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls'],
    [failure('CERT_HAS_EXPIRED'), 'tls'],
    [failure('HPE_HEADER_OVERFLOW'), 'protocol'],
    [new Error('Invalid Sec-WebSocket-Accept header'), 'protocol'],
  ])('before the connection is open, %s is %s', (error, reason) => {
    expect(byError(error, DIALLING)).toMatchObject({ reason, cause: error })
  })

  const overTls = { opened: false, overTls: true }
  const alert = { rawPacket: Buffer.from([0x15, 3, 1, 0, 2, 2, 70]) }
  it.each([
    [
      failure('EPROTO', 'write EPROTO 403D:error:0A00010B:SSL routines:x:wrong version number:y'),
      overTls,
      'tls',
      'plain',
    ],
    [failure('ERR_SSL_WRONG_VERSION_NUMBER'), overTls, 'tls', 'plain'],
    [failure('EPROTO', 'write EPROTO handshake failure'), overTls, 'tls', undefined],
    [failure('HPE_INVALID_CONSTANT', 'Expected HTTP/', alert), DIALLING, 'tls', 'tls'],
    [
      failure('HPE_INVALID_CONSTANT', 'Expected HTTP/', { rawPacket: Buffer.from('SSH-2.0') }),
      DIALLING,
      'protocol',
      undefined,
    ],
    [failure('ECONNRESET', 'socket hang up'), DIALLING, 'connect', 'nothing'],
    [failure('ECONNRESET', 'socket hang up'), overTls, 'connect', undefined],
    [failure('ECONNRESET', 'read ECONNRESET'), DIALLING, 'connect', undefined],
  ])('of a wrong scheme, %s says what the port speaks', (error, place, reason, speaks) => {
    expect(byError(error, place)).toMatchObject({ reason, speaks })
  })

  it.each([
    ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'too_big'],
    ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'too_big'],
    ['WS_ERR_UNEXPECTED_MASK', 'protocol'],
    ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 'protocol'],
    ['Z_DATA_ERROR', 'protocol'],
    ['EPIPE', 'closed'],
    ['ECONNRESET', 'closed'],
  ])('on an open connection, %s is %s', (code, reason) => {
    expect(byError(failure(code), { opened: true, overTls: false }).reason).toBe(reason)
  })

  it('says something when the error does not, and not too much when it does', () => {
    expect(byError(failure('ECONNREFUSED', ''), DIALLING).message).toBe('ECONNREFUSED')
    expect(byError(new Error('x'.repeat(10_000)), DIALLING).message.length).toBeLessThanOrEqual(200)
  })
})
