import { describe, expect, it } from '@jest/globals'
import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError, TimeoutError } from '@platformatic/kafka'
import kafkajs from 'kafkajs'
import { Unavailable, type UnavailableReason } from '../../../app/errors.ts'
import { diagnose } from '../../../app/produce/kafka-errors.ts'

const { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError, KafkaJSRequestTimeoutError } =
  kafkajs as unknown as Record<string, new (...args: unknown[]) => Error>

const system = (code: string): Error => Object.assign(new Error(`failed with ${code}`), { code })
const wrapped = (cause: Error): Error =>
  new MultipleErrors('Producing messages failed.', [new NetworkError('failed', { cause })])
const retried = (cause: Error): Error =>
  new (defined(KafkaJSNumberOfRetriesExceeded))(cause, { retryCount: 0, retryTime: 1 })
const answered = (code: number): [string, Error, Error] => [
  String(code),
  wrapped(new ProtocolError(code)),
  retried(new (defined(KafkaJSProtocolError))({ message: 'refused', type: 'SOME', code, retriable: true })),
]

describe('diagnose', () => {
  it.each<[UnavailableReason, number[]]>([
    ['no_topic', [3, 17]],
    ['not_leader', [5, 6, 74]],
    ['timeout', [7]],
    ['too_large', [10, 18]],
    ['invalid_record', [2, 32, 87]],
    ['not_enough_replicas', [19, 20]],
    ['authorization', [29, 31]],
    ['authentication', [33, 34, 58]],
  ])('takes protocol codes for %s from either library, under whatever they are wrapped in', (reason, codes) => {
    for (const [, platformatic, kafkajsError] of codes.map(answered)) {
      for (const thrown of [platformatic, kafkajsError]) {
        expect(diagnose(thrown)).toMatchObject({ error: { reason, settled: 0 }, answered: true, broken: false })
        expect(diagnose(thrown).error.cause).toBe(thrown)
      }
    }
  })

  it('prefers the code of the batch over the catch-all codes of its records', () => {
    const thrown = new MultipleErrors('refused', [new ProtocolError(-1), new ProtocolError(87), new ProtocolError(-1)])
    expect(diagnose(thrown).error.reason).toBe('invalid_record')
    expect(diagnose(new ProtocolError(-1))).toMatchObject({
      error: { reason: 'unknown' },
      answered: true,
      broken: false,
    })
  })

  it.each<[UnavailableReason, Error]>([
    ['connect', wrapped(system('ECONNREFUSED'))],
    ['connect', wrapped(system('ENOTFOUND'))],
    ['connect', new NetworkError('Connection closed')],
    ['connect', retried(new (defined(KafkaJSConnectionError))('Connection error: gone', { code: 'ECONNRESET' }))],
    ['timeout', wrapped(system('ETIMEDOUT'))],
    ['timeout', new TimeoutError('Request timed out', { canRetry: true })],
    ['timeout', retried(new (defined(KafkaJSRequestTimeoutError))('Request Produce timed out'))],
    ['authentication', wrapped(new AuthenticationError('SASL authentication failed.'))],
    ['authentication', wrapped(system('SELF_SIGNED_CERT_IN_CHAIN'))],
    ['authentication', wrapped(system('ERR_TLS_CERT_ALTNAME_INVALID'))],
    ['authentication', retried(new (defined(KafkaJSConnectionError))('bad', { code: 'CERT_HAS_EXPIRED' }))],
  ])('says %s and keeps the client', (reason, thrown) => {
    expect(diagnose(thrown)).toMatchObject({ error: { reason }, broken: false })
  })

  it('names what is wrong with a certificate and what cures it', () => {
    expect(diagnose(wrapped(system('SELF_SIGNED_CERT_IN_CHAIN'))).error.message).toContain('KAFKA_SSL_CA_FILE')
    expect(diagnose(wrapped(system('ERR_TLS_CERT_ALTNAME_INVALID'))).error.message).toContain('another host name')
    expect(diagnose(wrapped(system('CERT_HAS_EXPIRED'))).error.message).toContain('expired')
  })

  it.each([new TypeError('x is not a function'), 'a string', undefined, null, { errors: 7 }, new Error('odd')])(
    'takes %s for a broken client',
    (thrown) => {
      expect(diagnose(thrown)).toMatchObject({ error: { reason: 'unknown' }, answered: false, broken: true })
    },
  )

  it('hands on what is Unavailable already, also from within a library error', () => {
    const known = new Unavailable('authentication', 'no token')
    expect(diagnose(known).error).toBe(known)
    expect(diagnose(wrapped(new AuthenticationError('provider failed', { cause: known }))).error).toBe(known)
    expect(diagnose(new Unavailable('response', 'no sense')).broken).toBe(true)
  })

  it('takes for an answer of Kafka what only a broker can say', () => {
    for (const reason of ['no_topic', 'not_leader', 'authorization', 'clock', 'too_large'] as const)
      expect(diagnose(new Unavailable(reason, 'said'))).toMatchObject({ answered: true, broken: false })
    for (const reason of ['connect', 'timeout', 'authentication', 'unknown'] as const)
      expect(diagnose(new Unavailable(reason, 'said')).answered).toBe(false)
  })

  it('survives a cause that goes in circles, and caps what it quotes', () => {
    const error = Object.assign(new Error('x'.repeat(100_000)), { cause: undefined as unknown })
    error.cause = new NetworkError('y'.repeat(100_000), { cause: error })
    expect(diagnose(error).error.reason).toBe('connect')
    expect(diagnose(error).error.message.length).toBeLessThan(300)
  })
})

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('kafkajs no longer has this class')
  return value
}
