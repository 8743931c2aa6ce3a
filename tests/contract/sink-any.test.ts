/** What every sink of the registry keeps, wherever it writes to: it opens at once, says what it cannot reach, and closes. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../app/errors.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { Sink } from '../../app/model.ts'
import { type SinkKind, sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { kindValues } from '../support/kind-values.ts'

/** Nobody listens there. */
const KAFKA = {
  brokers: ['127.0.0.1:1'],
  clientId: 'nobody',
  tls: undefined,
  sasl: undefined,
  requestTimeoutMs: 2_000,
  connectTimeoutMs: 1_000,
  compression: 'none',
} as const

describe.each(Object.entries<SinkKind>(sinks))('the sink %s', (name, kind) => {
  const open = async (): Promise<Sink> => {
    const make = await loadKind<Sink, Parameters<Awaited<ReturnType<SinkKind['load']>>>[1]>(sinks, name)
    return make(kindValues(kind.settings), { kafka: KAFKA, emit: () => {}, clock: new Clock() })
  }

  it('has a line of help', () => expect(kind.help).toMatch(/^\S.*\S$/))

  it('says that it has a topic, or that it cannot be reached, and nothing else', async () => {
    const sink = await open()
    const found = await sink.describe('t').catch((error: unknown) => error)
    if (kind.connects) expect(found).toBeInstanceOf(Unavailable)
    else expect(found).toMatchObject({ partitions: expect.any(Number), maxMessageBytes: expect.any(Number) })
    await sink.close()
  })

  it('closes though it was never used', async () => {
    const sink = await open()
    await expect(sink.close()).resolves.toBeUndefined()
  })
})
