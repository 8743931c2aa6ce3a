/** Readings of IoT health sensors, each with a JWT of its own and the did:key that signed it. */
import { createClock, formatRfc3339, type Moment } from '../clock.ts'
import { createIdentity, type Identity } from '../identity.ts'
import { createRandom, type Random } from '../random.ts'
import type { Stream, StreamOptions } from './kind.ts'
import { type SignedParts, signedMessages } from './signed.ts'

const SENSOR_TYPES: readonly [string, ...string[]] = ['bedside', 'implant', 'wearable']
const SENSORS = 8

interface Sensor {
  readonly identity: Identity
  readonly sensorId: string
  readonly patientId: string
  readonly type: string
}

/** Never ends; a few sensors a connection, each an identity of its own; keys sorted. */
export function readingMessages(options: Pick<StreamOptions, 'seed' | 'connection' | 'startAt' | 'pool'>): Stream {
  const { seed, connection } = options
  const random = createRandom('readings', seed, connection)
  const sensors = Array.from({ length: SENSORS }, (_, index) => createSensor(`${seed}/${connection}/${index}`, random))
  const store = createIdentity(`${seed}/store`)
  let turn = 0
  const nextParts = (moment: Moment): SignedParts => {
    const sensor = sensors[turn++ % SENSORS] ?? createSensor(seed, random)
    return readingParts(sensor, store, random, moment)
  }
  return signedMessages(options.pool, createClock(random, options.startAt), nextParts)
}

function createSensor(seed: string, random: Random): Sensor {
  return {
    identity: createIdentity(seed),
    sensorId: `sensor-${random.uuid().slice(0, 8)}`,
    patientId: `patient-${random.uuid().slice(0, 8)}`,
    type: random.pick(SENSOR_TYPES),
  }
}

function readingParts(sensor: Sensor, store: Identity, random: Random, moment: Moment): SignedParts {
  const { identity } = sensor
  const data = {
    diastolic_bp: random.whole(60, 90),
    event_timestamp: formatRfc3339(moment),
    heart_rate: random.whole(55, 120),
    id: random.uuid(),
    patient_id: sensor.patientId,
    sensor_id: sensor.sensorId,
    sensor_type: sensor.type,
    systolic_bp: random.whole(100, 145),
    temperature: random.whole(360, 385) / 10,
  }
  const jwt = identity.signJwt({
    iss: identity.did,
    nbf: Math.floor(moment.ms / 1000),
    sub: identity.did,
    vc: {
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      credentialSubject: { ...data, id: identity.did, reading_id: data.id },
      type: ['VerifiableCredential'],
    },
  })
  return { before: { data, did: identity.did, jwt }, after: { vc_store_signature: store.signText(jwt) } }
}
