import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { Refusal, Settlement, Sink } from '../../../app/model.ts'
import { dryOutlet } from '../../../app/redrive/dry-outlet.ts'

const never = async () => {
  throw new Error('it was written to')
}
const sink: Sink = {
  describe: async () => ({ partitions: 1, maxMessageBytes: 200 }),
  write: never,
  close: async () => {},
}
const destination = { topic: 'Quote', subject: 'Quote-value', key: null, hash: 0 }

describe('a dry outlet', () => {
  it('says what its topic would take, and writes nothing', async () => {
    const outlet = dryOutlet(sink, [])
    await outlet.open('Quote')
    const said: string[] = []
    const settlement = {
      produced: (records: number) => said.push(`${records} produced`),
      refused: ({ reason }: Refusal, topic: string) => said.push(`${reason} ${topic}`),
    } as unknown as Settlement
    for (const bytes of [10, 300, 10]) {
      outlet.add(destination, { key: null, value: Buffer.alloc(bytes), timestamp: 0 }, settlement)
    }
    expect(said).toEqual(['1 produced', 'too_large Quote', '1 produced'])
  })

  it('says what to do about a topic that is not there', async () => {
    const describe = async () => {
      throw new Unavailable('no_topic', 'Kafka has no topic Quote')
    }
    await expect(dryOutlet({ ...sink, describe }, []).open('Quote')).rejects.toThrow('create topic Quote')
  })
})
