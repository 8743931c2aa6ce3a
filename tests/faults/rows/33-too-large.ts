/** Row 33: messages of a gibibyte, announced and real, and messages at the limit. */
import type { Socket } from 'node:net'
import { until } from '../../support/until.ts'
import { type RawUpstream, startRawUpstream, switching } from '../../support/upstream-raw.ts'
import { readValue } from '../checker/wire.ts'
import { stamp } from '../document.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'

const LIMIT = 64 * 1024
const GIB = 1024 ** 3
const BACKOFF_MS = 500
/** Not of the simulator. */
const SOURCE = 'edge'
const TOO_BIG = 1009

const ATTACKS: readonly (readonly [what: string, attack: (socket: Socket, canary: string) => void])[] = [
  ['1 GiB announced', (socket) => socket.write(frame(0x81, GIB))],
  ['1 GiB in one frame', (socket) => pour(socket, frame(0x81, GIB))],
  ['1 GiB in fragments', (socket) => pour(socket, frame(0x01, CHUNK.length), frame(0x00, CHUNK.length))],
  ['one byte too many', (socket, canary) => void socket.write(documentOf(LIMIT + 1, canary))],
]
const CHUNK = Buffer.alloc(16 * 1024, ' ')

interface Attacker extends RawUpstream {
  /** Codes of the close frames that came back. */
  readonly codes: number[]
}
interface Place {
  readonly attackers: readonly Attacker[]
  readonly honest: RawUpstream
  isArmed: boolean
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 33,
  title: '1 GiB announced, 1 GiB sent, messages at the limit and one byte above',
  clients: 'any',
  env: (rig) => {
    const { attackers, honest } = placeOf(rig)
    return {
      FEED_FAULT_URLS: [...rig.faultUrls, honest.url, ...attackers.map(({ url }) => url)].join(),
      FEED_FAULT_MAX_MESSAGE_BYTES: `${LIMIT}`,
      FEED_FAULT_BACKOFF_MAX: `${BACKOFF_MS}ms`,
    }
  },
  expect: { foreign: true, controlFlows: true, rssBytes: 300 * 1024 * 1024 },
  async prepare(rig) {
    const start = async (onSocket: (socket: Socket) => void): Promise<RawUpstream> => {
      const upstream = await startRawUpstream((socket, head) => {
        socket.write(switching(head))
        onSocket(socket)
      })
      rig.defer(() => upstream.close())
      return upstream
    }
    const attackers = await Promise.all(
      ATTACKS.map(async ([, attack]) => {
        const codes: number[] = []
        const upstream = await start((socket) => {
          socket.on('data', (data) => codes.push(...closeCodes(data)))
          if (places.get(rig)?.isArmed) attack(socket, rig.canaries.payload)
        })
        return { ...upstream, codes }
      }),
    )
    places.set(rig, { attackers, honest: await start(() => {}), isArmed: false })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const { attackers, honest } = place
    const from = performance.now()
    place.isArmed = true
    for (const { sockets } of attackers) for (const socket of sockets) socket.destroy()
    honest.sockets.at(-1)?.write(documentOf(LIMIT, rig.canaries.payload))
    const wait = rig.wait(30)
    await rig.noticesInMetrics('connections lost by too_big are counted', (samples) => {
      const labels = { feed: 'fault', reason: 'too_big', code: `${TOO_BIG}` }
      return (samples.value('tributary_connections_lost_total', labels) ?? 0) >= ATTACKS.length
    })
    await until(() => attackers.every(({ codes }) => codes.length >= 2), { what: 'each to be refused twice' })
    await wait
    place.isArmed = false
    rig.findings.push(...attackers.map((one, at) => judge(one, ATTACKS[at]?.[0] ?? '', performance.now() - from)))
    // Who was last attacked by is lost; the next connection stays.
    for (const { sockets } of attackers) for (const socket of sockets) socket.destroy()
  },
  check({ fault }) {
    const lengths = fault.tally.others.map(({ value }) => {
      const { document, isIntact } = readValue(value)
      return isIntact && document.source === SOURCE ? JSON.stringify(document).length : 0
    })
    const ok = lengths.length === 1 && lengths[0] === LIMIT
    return [{ id: 'I5', ok, detail: `messages of ${lengths.join(', ')} bytes arrived, of a limit of ${LIMIT}` }]
  },
}

function judge({ codes, sockets }: Attacker, what: string, ms: number): Finding {
  const most = Math.ceil((3 * ms) / (BACKOFF_MS / 2)) + 5
  const told = codes.filter((code) => code === TOO_BIG).length
  const ok = told >= 2 && told === codes.length && sockets.length <= most
  return {
    id: 'row',
    ok,
    detail: `${what}: ${told} times refused with 1009, dialled ${sockets.length} times (at most ${most})`,
  }
}

/** The head of a frame that announces `length` bytes. */
function frame(first: number, length: number): Buffer {
  const head = Buffer.alloc(10)
  head.set([first, 127])
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** A document of `length` bytes, framed. */
function documentOf(length: number, canary: string): Buffer {
  const { length: least } = JSON.stringify(stamp(SOURCE, 0, canary, ''))
  const text = JSON.stringify(stamp(SOURCE, 0, canary, 'x'.repeat(length - least)))
  return Buffer.concat([frame(0x81, length), Buffer.from(text)])
}

/** Sends a gibibyte, as fast as it is taken: `head` and a chunk, then `between` and a chunk again and again. */
function pour(socket: Socket, head: Buffer, between: Buffer = Buffer.alloc(0)): void {
  let left = GIB
  socket.write(head)
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= CHUNK.length
      if (!socket.write(Buffer.concat([CHUNK, between]))) return void socket.once('drain', more)
    }
  }
  more()
}

/** Of the masked close frames in `data`, as far as they begin it. */
function closeCodes(data: Buffer): number[] {
  if (data.length < 8 || data[0] !== 0x88) return []
  const mask = data.subarray(2, 6)
  return [(((data[6] ?? 0) ^ (mask[0] ?? 0)) << 8) | ((data[7] ?? 0) ^ (mask[1] ?? 0))]
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
