/** The stack itself: what every other integration test stands on. */
import { describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { isAlive } from '../../scripts/stack/lock.ts'
import { createTopic, kafkaClient, readTopic, registerSchema, stack, uniqueName } from '../support/stack.ts'

async function produce(bootstrapServers: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = kafkaClient(bootstrapServers).producer()
  await producer.connect()
  await producer.send({
    topic,
    acks: -1,
    messages: values.map((value) => ({ key: 'k', value, headers: { of: 'test' } })),
  })
  await producer.disconnect()
}

describe('the shared stack', () => {
  it('takes a record and gives it back as it was', async () => {
    const topic = await createTopic({ partitions: 3 })
    await produce(stack().bootstrapServers, topic, ['first', 'second'])
    const records = await readTopic(topic, 2)
    expect(records.map((record) => String(record.value))).toEqual(['first', 'second'])
    expect(records.map((record) => String(record.key))).toEqual(['k', 'k'])
    expect(records.map((record) => record.offset)).toEqual([0n, 1n])
    expect(String(records[0]?.headers.of)).toBe('test')
  })

  it('creates no topic that was not asked for', async () => {
    await expect(produce(stack().bootstrapServers, uniqueName('nowhere'), ['lost'])).rejects.toThrow(/topic-partition/)
  })

  it('registers a schema and gives it back by its id', async () => {
    const schema = { type: 'record', name: 'Thing', fields: [{ name: 'size', type: 'int' }] }
    const id = await registerSchema(uniqueName('thing'), schema)
    const response = await fetch(`${stack().registryUrl}/schemas/ids/${id}`)
    const answer = (await response.json()) as { schema: string }
    expect(JSON.parse(answer.schema)).toEqual(schema)
  })
})

describe('a broker of one’s own', () => {
  let kafka: Kafka | undefined
  const stop = async (): Promise<void> => kafka?.stop()

  it('keeps its port and its records over kill -9', async () => {
    kafka = await startKafka({ listeners: [{ name: 'OTHER', protocol: 'PLAINTEXT' }] })
    try {
      const { bootstrapServers, pid } = kafka
      const topic = await createTopic({ bootstrapServers })
      await produce(bootstrapServers, topic, ['before'])
      await kafka.kill()
      expect(isAlive(pid)).toBe(false)
      await kafka.restart()
      expect(kafka.bootstrapServers).toBe(bootstrapServers)
      await produce(kafka.listeners.OTHER ?? '', topic, ['after'])
      const records = await readTopic(topic, 2, { bootstrapServers })
      expect(records.map((record) => String(record.value))).toEqual(['before', 'after'])
    } finally {
      await stop()
    }
    expect(isAlive(kafka.pid)).toBe(false)
  })
})
