/**
 * The rival: what a careful programmer writes first. ws + avsc + kafkajs, one `send` per message, acknowledged by all
 * replicas. Sends in flight are bounded by pausing the sockets, so that it survives a flood.
 */
import avsc from 'avsc'
import { Kafka, logLevel } from 'kafkajs'
import { WebSocket } from 'ws'

const ACKS_ALL = -1
const HEADER_BYTES = 5

const {
  BOOTSTRAP_SERVERS = '',
  SCHEMA_REGISTRY_URL = '',
  TOPIC = '',
  KEY = '',
  URLS = '',
  IN_FLIGHT = '',
} = process.env
const mostInFlight = Number(IN_FLIGHT)

const response = await fetch(`${SCHEMA_REGISTRY_URL}/subjects/${TOPIC}-value/versions/latest`)
const { id, schema } = (await response.json()) as { id: number; schema: string }
const type = avsc.Type.forSchema(JSON.parse(schema))
const header = Buffer.alloc(HEADER_BYTES)
header.writeUInt32BE(id, 1)

const kafka = new Kafka({ clientId: 'per-message', brokers: BOOTSTRAP_SERVERS.split(','), logLevel: logLevel.ERROR })
const producer = kafka.producer({ allowAutoTopicCreation: false })
await producer.connect()

let inFlight = 0
let paused = false
const sockets = URLS.split(',').map((url) => new WebSocket(url, { perMessageDeflate: false }))
for (const socket of sockets) socket.on('message', (data) => void forward(data as Buffer))

async function forward(data: Buffer): Promise<void> {
  inFlight++
  if (!paused && inFlight >= mostInFlight) {
    paused = true
    for (const socket of sockets) socket.pause()
  }
  const value = Buffer.concat([header, type.toBuffer(JSON.parse(data.toString()))])
  const timestamp = String(Date.now())
  await producer.send({ topic: TOPIC, acks: ACKS_ALL, messages: [{ key: KEY, value, timestamp }] })
  inFlight--
  if (paused && inFlight <= mostInFlight / 2) {
    paused = false
    for (const socket of sockets) socket.resume()
  }
}

process.on('SIGTERM', async () => {
  for (const socket of sockets) socket.close()
  await producer.disconnect()
  process.exit()
})
