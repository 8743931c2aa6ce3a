/** Mars deliveries: a few devices under way, every message in the next of the spellings that Mars has used. */
import { createClock, formatWithoutZone, type Moment } from '../clock.ts'
import { createRandom, type Random } from '../random.ts'
import type { Stream, StreamOptions } from './kind.ts'

/** A spelling of `timestamp`: what is written, and the millisecond it names. */
type Spelling = (moment: Moment) => readonly [timestamp: number | string, at: number]

const wholeSecond = (ms: number) => Math.floor(ms / 1000) * 1000

/** Nine spellings and two names of the order: both rotate, and as nine is odd all eighteen pairs occur. */
export const SPELLINGS: readonly Spelling[] = [
  ({ ms }) => [Math.floor(ms / 1000), wholeSecond(ms)],
  ({ ms }) => [String(Math.floor(ms / 1000)), wholeSecond(ms)],
  ({ ms }) => [ms / 1000, ms],
  ({ ms }) => [(ms / 1000).toFixed(3), ms],
  ({ ms }) => [ms, ms],
  ({ ms }) => [String(ms), ms],
  (moment) => [formatWithoutZone(moment), moment.ms],
  ({ ms }) => [formatWithoutZone({ ms: wholeSecond(ms), nanos: 0 }), wholeSecond(ms)],
  ({ ms }) => [new Date(ms).toISOString(), ms],
]
const ROUTES: readonly [string, ...string[]] = ['harbour loop', 'north ring', 'old town', 'airport link']
const DEVICES = 5
const LEGS = 12

type Place = readonly [lat: number, lon: number]

interface Trip {
  readonly device: number
  readonly sessionId: string
  readonly order: string
  readonly route: string
  readonly from: Place
  readonly to: Place
  leg: number
}

/** Never ends; keys sorted. A trip is `started`, `en_route` and `completed`, then its device begins the next. */
export function* deliveryMessages(options: Pick<StreamOptions, 'seed' | 'connection' | 'startAt'>): Stream {
  const random = createRandom('deliveries', options.seed, options.connection)
  const tick = createClock(random, options.startAt, 2000)
  const trips: Trip[] = []
  for (let index = 0; ; index++) {
    const device = index % DEVICES
    const old = trips[device]
    const trip = old === undefined || old.leg > LEGS ? beginTrip(random, device) : old
    trips[device] = trip
    const spelling = SPELLINGS[index % SPELLINGS.length] ?? SPELLINGS[0]
    if (spelling === undefined) throw new Error('no spellings')
    const [timestamp, at] = spelling(tick())
    const document = describe(trip, options.connection, timestamp, index % 2 === 0)
    trip.leg++
    yield { text: JSON.stringify(document), document, at }
  }
}

function beginTrip(random: Random, device: number): Trip {
  const place = (): Place => [random.whole(-899_999, 899_999) / 10_000, random.whole(-1_799_999, 1_799_999) / 10_000]
  return {
    device,
    sessionId: random.uuid(),
    order: `ORD-${random.whole(100_000, 999_999)}`,
    route: random.pick(ROUTES),
    from: place(),
    to: place(),
    leg: 0,
  }
}

/** `documented`: order_number, as the papers of Mars say; otherwise order_id and two more fields, as its code sends. */
function describe(trip: Trip, connection: number, timestamp: number | string, documented: boolean) {
  const [current_lat, current_lon] = placeAt(trip)
  const name = `${connection}-${trip.device}`
  return {
    current_lat,
    current_lon,
    device_id: `mars-${name}`,
    end_lat: trip.to[0],
    end_lon: trip.to[1],
    ...(documented ? { order_number: trip.order } : { order_id: trip.order, route_name: trip.route }),
    session_id: trip.sessionId,
    start_lat: trip.from[0],
    start_lon: trip.from[1],
    status: trip.leg === 0 ? 'started' : trip.leg === LEGS ? 'completed' : 'en_route',
    timestamp,
    vehicle_id: `rover-${name}`,
    ...(documented ? {} : { waypoint_count: LEGS }),
  }
}

function placeAt({ from, to, leg }: Trip): Place {
  // `+ 0` turns -0, which JSON cannot say, into 0.
  const along = (start: number, end: number) => Math.round((start + ((end - start) * leg) / LEGS) * 1e6) / 1e6 + 0
  return [along(from[0], to[0]), along(from[1], to[1])]
}
