/** Row 30: upstreams that take for ever: nothing at all, a handshake in drops, a message in drops. */
import type { Socket } from 'node:net'
import { until } from '../../support/until.ts'
import { type RawUpstream, startRawUpstream, switching } from '../../support/upstream-raw.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const HANDSHAKE_MS = 2_000
const DROP_MS = 200
/** Sources that drip their message; each announces as much as is allowed. */
const DRIPPING = 200
const ANNOUNCED = 1024 * 1024 - 1

interface Place {
  readonly mute: RawUpstream
  readonly slow: RawUpstream
  readonly dripping: RawUpstream
  isArmed: boolean
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 30,
  title: 'handshakes and messages in drops',
  clients: 'any',
  env: (rig) => {
    const { mute, slow, dripping } = placeOf(rig)
    const drips = Array.from({ length: DRIPPING }, (_, at) => `${dripping.url}/${at}`)
    return {
      FEED_FAULT_URLS: [...rig.faultUrls, mute.url, slow.url, ...drips].join(),
      FEED_FAULT_BACKOFF_MAX: '500ms',
      HANDSHAKE_TIMEOUT: `${HANDSHAKE_MS}ms`,
    }
  },
  expect: { foreign: true, controlFlows: true },
  async prepare(rig) {
    const start = async (misbehave: (socket: Socket, head: string) => void): Promise<RawUpstream> => {
      const upstream = await startRawUpstream((socket, head) => {
        if (places.get(rig)?.isArmed) misbehave(socket, head)
        else socket.write(switching(head))
      })
      rig.defer(() => upstream.close())
      return upstream
    }
    places.set(rig, {
      mute: await start(() => {}),
      slow: await start((socket, head) => drip(socket, Buffer.from(switching(head)))),
      dripping: await start((socket, head) => {
        socket.write(switching(head))
        const announced = Buffer.alloc(10)
        announced.set([0x81, 127])
        announced.writeBigUInt64BE(BigInt(ANNOUNCED), 2)
        drip(socket, Buffer.concat([announced, Buffer.alloc(1_000, '{')]))
      }),
      isArmed: false,
    })
  },
  async start(rig) {
    await rig.start().ready()
    await until(async () => (await openOf(rig, '')) === rig.faultUrls.length + DRIPPING + 2, {
      what: 'every source to be open',
    })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const { mute, slow, dripping } = place
    const all = [mute, slow, dripping]
    place.isArmed = true
    const before = await rig.daemon.rss()
    const first = all.map(({ sockets }) => sockets.length)
    for (const { sockets } of [mute, slow]) for (const socket of sockets) socket.destroy()
    const wait = rig.wait(30)
    await rig.noticesInMetrics(
      'tributary_dials_total counts handshake_timeout',
      (samples) => (samples.value('tributary_dials_total', { feed: 'fault', outcome: 'handshake_timeout' }) ?? 0) >= 2,
    )
    await rig.noticesInLog(/does not open: no handshake within 2000 ms/)
    for (const socket of dripping.sockets) socket.destroy()
    const areDripping = async (): Promise<boolean> =>
      dripping.sockets.length >= (first[2] ?? 0) + DRIPPING && (await openOf(rig, dripping.url)) === DRIPPING
    await until(areDripping, { what: 'every message to drip' })
    await wait
    const grown = Math.round(((await rig.daemon.rss()) - before) / 1024)
    const redials = all.map(({ sockets }, at) => sockets.length - (first[at] ?? 0))
    const dripped = await openOf(rig, dripping.url)
    rig.findings.push({
      id: 'row',
      // Buffers for all that was announced would be 200 MiB; the daemon's own breathing is less than half of it.
      ok: grown < (DRIPPING * 1024) / 2 && (redials[0] ?? 0) >= 1 && (redials[1] ?? 0) >= 1 && dripped === DRIPPING,
      detail: `${dripped} messages of 1 MiB under way hold ${grown} KiB; slow handshakes were given up and dialled ${redials.slice(0, 2).join(' and ')} times`,
    })
    place.isArmed = false
    for (const { sockets } of all) for (const socket of sockets) socket.destroy()
  },
}

/** Open sources of the fault feed whose URL begins with `url`. */
async function openOf(rig: Rig, url: string): Promise<number> {
  const { sources } = await rig.daemon.feed('fault')
  return sources.filter((source) => source.url.startsWith(url) && source.state === 'open').length
}

/** One byte at a time. */
function drip(socket: Socket, bytes: Buffer): void {
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) clearInterval(timer)
    else socket.write(bytes.subarray(at, ++at))
  }, DROP_MS)
  socket.once('close', () => clearInterval(timer))
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
