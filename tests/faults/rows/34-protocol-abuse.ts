/** Row 34: upstreams that break the rules of WebSocket: bombs, wrong bits, masks, fragments, floods of pings. */
import type { Socket } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { until } from '../../support/until.ts'
import { frame, type RawUpstream, startRawUpstream, switching } from '../../support/upstream-raw.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const MIB = 1024 * 1024
const FRAGMENTS = 20_000
const PINGS = 20_000
const TEXT = 0x81
const RSV1 = 0x40
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\r\n'

/** `reason` under which the connection is lost; undefined: it may stay. */
interface Attack {
  readonly what: string
  readonly bytes: Buffer
  readonly extension?: string
  readonly reason: 'protocol' | 'too_big' | undefined
}

const ATTACKS: readonly Attack[] = [
  { what: 'a deflate bomb', bytes: bomb(), extension: DEFLATE, reason: 'too_big' },
  {
    what: 'broken deflate',
    bytes: frame(TEXT | RSV1, Buffer.from('nonsense')),
    extension: DEFLATE,
    reason: 'protocol',
  },
  { what: 'RSV1 not agreed on', bytes: frame(TEXT | RSV1, Buffer.from('x')), reason: 'protocol' },
  { what: 'RSV2', bytes: frame(TEXT | 0x20, Buffer.from('x')), reason: 'protocol' },
  { what: 'a reserved opcode', bytes: frame(0x83, Buffer.from('x')), reason: 'protocol' },
  { what: 'a masked frame', bytes: Buffer.from([TEXT, 0x81, 1, 2, 3, 4, 5]), reason: 'protocol' },
  { what: 'a control frame in fragments', bytes: frame(0x09, Buffer.from('x')), reason: 'protocol' },
  { what: 'a continuation of nothing', bytes: frame(0x80, Buffer.from('x')), reason: 'protocol' },
  { what: `${FRAGMENTS} fragments`, bytes: fragments(), reason: 'protocol' },
  { what: `${PINGS} pings`, bytes: repeat(frame(0x89, Buffer.from('p')), PINGS), reason: undefined },
]

/** Announced by a server that answers with window bits nobody may choose. */
const BAD_WINDOW = 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=3\r\n'

interface Attacker extends RawUpstream {
  readonly attack: Attack
}
const attackers = new WeakMap<Rig, Attacker[]>()
const armed = new WeakSet<Rig>()

export const row: Row = {
  number: 34,
  title: 'deflate bomb, window bits, RSV bits, masks, 20,000 fragments, flood of pings',
  clients: 'any',
  env: (rig) => ({
    FEED_FAULT_URLS: [...rig.faultUrls, ...(attackers.get(rig) ?? []).map(({ url }) => url)].join(),
    FEED_FAULT_COMPRESSION: 'on',
    FEED_FAULT_BACKOFF_MAX: '500ms',
  }),
  expect: { foreign: true, controlFlows: true },
  async prepare(rig) {
    const start = async (attack: Attack): Promise<Attacker> => {
      let attacked = false
      const upstream = await startRawUpstream((socket, head) => {
        attacked = assault(rig, attack, attacked, socket, head)
      })
      rig.defer(() => upstream.close())
      return { ...upstream, attack }
    }
    const window: Attack = {
      what: 'bad window bits',
      bytes: Buffer.alloc(0),
      extension: BAD_WINDOW,
      reason: 'protocol',
    }
    attackers.set(rig, await Promise.all([...ATTACKS, window].map(start)))
  },
  async inject(rig) {
    armed.add(rig)
    const all = attackers.get(rig) ?? []
    for (const { sockets } of all) for (const socket of sockets) socket.destroy()
    const { feed } = rig.daemon
    const isOver = async (): Promise<boolean> => {
      const { sources } = await feed('fault')
      return all.every(({ url, sockets, attack }) => {
        const source = sources.find((one) => one.url === url)
        // The quiet one at first, the attack, and after it one that stays.
        return source?.state === 'open' && sockets.length >= (attack.reason ? 3 : 2)
      })
    }
    await until(isOver, { what: 'every attack to be over', timeoutMs: 60_000 })
    for (const reason of ['protocol', 'too_big']) {
      await rig.noticesInMetrics(`connections lost by ${reason} are counted`, (samples) => {
        const lost = samples.value('tributary_connections_lost_total', { feed: 'fault', reason }) ?? 0
        return lost + (samples.value('tributary_dials_total', { feed: 'fault', outcome: reason }) ?? 0) > 0
      })
    }
  },
}

/** Plays one attack per attacker once the row is armed; before and after it the upstream is a quiet one. Answers whether it has. */
function assault(
  rig: Rig,
  { bytes, extension = '' }: Attack,
  attacked: boolean,
  socket: Socket,
  head: string,
): boolean {
  const isOne = armed.has(rig) && !attacked
  socket.write(switching(head, isOne ? extension : ''))
  if (isOne) socket.write(bytes)
  return attacked || isOne
}

function bomb(): Buffer {
  const bytes = deflateRawSync(Buffer.alloc(64 * MIB, ' '))
  const head = Buffer.alloc(10)
  head[0] = TEXT | RSV1
  head[1] = 127
  head.writeBigUInt64BE(BigInt(bytes.length), 2)
  return Buffer.concat([head, bytes])
}

/** A message of more frames than are put together. */
function fragments(): Buffer {
  const middle = repeat(frame(0x00, Buffer.from('x')), FRAGMENTS - 2)
  return Buffer.concat([frame(0x01, Buffer.from('x')), middle, frame(0x80, Buffer.from('x'))])
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes))
}
