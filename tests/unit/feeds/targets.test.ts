/** Sinks come with the first feed that uses them, and go with the last. */
import { describe, expect, it } from '@jest/globals'
import { Clock } from '../../../app/lib/clock.ts'
import { systemOf } from '../../../app/produce/systems.ts'
import { Targets } from '../../../app/targets.ts'

const kafka = {
  brokers: ['127.0.0.1:1'],
  clientId: 'nobody',
  tls: undefined,
  sasl: undefined,
  requestTimeoutMs: 500,
  connectTimeoutMs: 500,
  compression: 'none',
} as const
const settings = { kafka, names: {}, lingerMs: 0, deadLetterTopic: undefined, deadLetterMaxBytes: 100 }

function opened() {
  const events: string[] = []
  const emit = ({ type }: { readonly type: string }): void => {
    if (type.startsWith('sink.')) events.push(type)
  }
  const ground = { emit, clock: new Clock(), version: '0', hide: (text: string) => text }
  return { targets: new Targets(settings, ground), events }
}

describe('targets', () => {
  it('open a sink once for all who take it at the same time, and close it with the last', async () => {
    const { targets, events } = opened()
    const [one, two] = await Promise.all([targets.take('stdout'), targets.take('stdout')])
    expect(one).toBe(two)
    await targets.release(one)
    expect(events).toEqual(['sink.opened'])
    await targets.release(two)
    expect(events).toEqual(['sink.opened', 'sink.closed'])
    expect(await targets.take('stdout')).not.toBe(one)
    await targets.close()
    expect(events).toEqual(['sink.opened', 'sink.closed', 'sink.opened', 'sink.closed'])
  })

  it('keep several sinks open, each with its own topics and dead letters', async () => {
    const { targets } = opened()
    const [dry, real] = await Promise.all([targets.take('stdout'), targets.take('platformatic')])
    await dry.outlet.open('T')
    await expect(real.outlet.open('T')).rejects.toThrow('Kafka')
    expect(dry.deadLetters).not.toBe(real.deadLetters)
    await targets.close()
  })

  it('do not keep what could not be opened', async () => {
    const { targets } = opened()
    await expect(targets.take('nothing')).rejects.toThrow('there is no nothing')
    await expect(targets.take('nothing')).rejects.toThrow('there is no nothing')
    await targets.close()
  })

  it('know what their sinks connect to', () => {
    expect([systemOf('platformatic'), systemOf('stdout')]).toEqual(['Kafka', undefined])
  })
})
