/**
 * The rival: what a careful programmer writes first. ws + avsc + kafkajs, one `send` per message, acknowledged by all
 * replicas. Sends in flight are bounded by pausing the sockets, so that it survives a flood.
 */
import { readFileSync } from 'node:fs'
import avsc from 'avsc'
import { Kafka, logLevel } from 'kafkajs'
import { WebSocket } from 'ws'

const ACKS_ALL = -1
const HEADER_BYTES = 5

const { BOOTSTRAP_SERVERS = '', SCHEMA_REGISTRY_URL = '', TOPIC = '', URLS_FILE = '', IN_FLIGHT = '' } = process.env
const key = process.env.KEY ?? null
const mostInFlight = Number(IN_FLIGHT)

const response = await fetch(`${SCHEMA_REGISTRY_URL}/subjects/${TOPIC}-value/versions/latest`)
const { id, schema } = (await response.json()) as { id: number; schema: string }
// An alias may be no Avro name, which avsc does not take; for writing it does not matter.
const type = avsc.Type.forSchema(JSON.parse(schema, (name, value) => (name === 'aliases' ? undefined : value)))
const header = Buffer.alloc(HEADER_BYTES)
header.writeUInt32BE(id, 1)

const kafka = new Kafka({ clientId: 'per-message', brokers: BOOTSTRAP_SERVERS.split(','), logLevel: logLevel.ERROR })
const producer = kafka.producer({ allowAutoTopicCreation: false })
await producer.connect()

let inFlight = 0
let paused = false
const urls = readFileSync(URLS_FILE, 'utf8').trim().split('\n')
const sockets = urls.map((url) => new WebSocket(url, { perMessageDeflate: false }))
for (const socket of sockets) socket.on('message', (data) => void forward(data as Buffer))

async function forward(data: Buffer): Promise<void> {
  inFlight++
  if (!paused && inFlight >= mostInFlight) {
    paused = true
    for (const socket of sockets) socket.pause()
  }
  const value = Buffer.concat([header, type.toBuffer(normalised(JSON.parse(data.toString())))])
  const timestamp = String(Date.now())
  await producer.send({ topic: TOPIC, acks: ACKS_ALL, messages: [{ key, value, timestamp }] })
  inFlight--
  if (paused && inFlight <= mostInFlight / 2) {
    paused = false
    for (const socket of sockets) socket.resume()
  }
}

function normalised(document: { tradeCredential?: Record<string, unknown> }): object {
  if (!document.tradeCredential) return document
  const { '@context': context, ...others } = document.tradeCredential
  return { ...document, tradeCredential: { ...others, context } }
}

process.on('SIGTERM', async () => {
  for (const socket of sockets) socket.close()
  await producer.disconnect()
  process.exit()
})
