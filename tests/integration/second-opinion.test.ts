// A client of the registry that shares no code of ours: it registers to the same ids, and reads what the daemon wrote.
import { describe, expect, it } from '@jest/globals'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { startDaemon } from '../support/daemon.ts'
import { type SchemaName, schemaText, settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { readTopic, stack } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const other = () => new SchemaRegistry({ host: stack().registryUrl })

describe('@kafkajs/confluent-schema-registry', () => {
  it.each<SchemaName>(['TradeEvent', 'health_sensor', 'sessions'])(
    'registers %s to the id that we have',
    async (name) => {
      const { topic, id } = await topicFor(name)
      const schema = { type: SchemaType.AVRO, schema: schemaText(name) } as const
      expect(
        await other().register(schema, {
          subject: `${topic}-value`,
          // It sets what it wants where a subject has none, and refuses where it is another.
          compatibility: COMPATIBILITY.NONE,
        }),
      ).toEqual({ id })
      expect(await other().getLatestSchemaId(`${topic}-value`)).toBe(id)
    },
  )

  it('reads what the daemon has written as what the upstream has sent', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using daemon = await startDaemon({ FEED_F_URLS: upstream.url, FEED_F_SCHEMA: topic })
    await upstream.connection(1)
    const texts = Array.from({ length: 20 }, (_, at) => tradeText(`id-${at}`))
    for (const text of texts) upstream.sendAll(text)
    await settled(daemon, 'f', texts.length)
    const registry = other()
    const decoded = await Promise.all(
      (await readTopic(topic, texts.length)).map(({ value }) => registry.decode(value ?? Buffer.alloc(0))),
    )
    const missing = { tradeCredential: null }
    expect(decoded.map((one) => ({ ...one }))).toMatchObject(texts.map((text) => ({ ...missing, ...JSON.parse(text) })))
  })
})
