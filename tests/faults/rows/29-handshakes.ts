/** Row 29: upstreams that answer the handshake with anything but what was asked for. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../../support/until.ts'
import { type RawUpstream, startRawUpstream, switching } from '../../support/upstream-raw.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const RETRY_AFTER_S = 3
const WRONG_KEY = 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='

interface Door {
  readonly name: string
  /** The answer to a request with this head; `trap` is where a redirect leads. */
  readonly answer: (head: string, trap: string) => string
  readonly reason: string
  readonly code?: number
  /** We are not wanted: dialled again only much later. */
  readonly isSlow?: boolean
  readonly retryAfterS?: number
}

const status = (line: string, headers = '') => `HTTP/1.1 ${line}\r\n${headers}Content-Length: 0\r\n\r\n`
const DOORS: readonly Door[] = [
  {
    name: 'moved',
    answer: (_head, trap) => status('301 Moved Permanently', `Location: ${trap}\r\n`),
    reason: 'handshake_status',
    code: 301,
  },
  { name: 'unknown', answer: () => status('401 Unauthorized'), reason: 'handshake_status', code: 401, isSlow: true },
  { name: 'forbidden', answer: () => status('403 Forbidden'), reason: 'handshake_status', code: 403, isSlow: true },
  {
    name: 'busy',
    answer: () => status('429 Too Many Requests', `Retry-After: ${RETRY_AFTER_S}\r\n`),
    reason: 'handshake_status',
    code: 429,
    retryAfterS: RETRY_AFTER_S,
  },
  { name: 'failing', answer: () => status('500 Internal Server Error'), reason: 'handshake_status', code: 500 },
  { name: 'page', answer: () => status('200 OK'), reason: 'handshake_status', code: 200 },
  {
    name: 'wrongkey',
    answer: (head) => switching(head).replace(/Sec-WebSocket-Accept: \S+/, WRONG_KEY),
    reason: 'protocol',
  },
  { name: 'subprotocol', answer: (head) => switching(head, 'Sec-WebSocket-Protocol: soap\r\n'), reason: 'protocol' },
  { name: 'rubbish', answer: () => 'SSH-2.0-OpenSSH_9.9\r\n\r\n', reason: 'protocol' },
]

interface Place {
  readonly side: SideFeed
  readonly doors: readonly (RawUpstream & { readonly dialledAt: number[]; readonly heads: string[] })[]
  /** Requests that followed the redirect. */
  readonly trapped: string[]
  open: boolean
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 29,
  title: 'handshakes answered 301, 401, 403, 429, 500, 200, wrongly, with another protocol',
  clients: 'any',
  env: (rig) => {
    const { side, doors } = placeOf(rig)
    const headers = JSON.stringify({ authorization: `Bearer ${rig.canaries.header}` })
    return side.env(
      doors.map(({ url }) => `${url}?token=${rig.canaries.url}`),
      { HEADERS: headers, BACKOFF_MAX: '500ms' },
    )
  },
  expect: { controlFlows: true, apart: ['doors'] },
  async prepare(rig) {
    const trapped: string[] = []
    const trap = createServer((request, response) => {
      trapped.push(JSON.stringify(request.headers))
      response.writeHead(404).end()
    })
    trap.on('upgrade', (request, socket) => {
      trapped.push(JSON.stringify(request.headers))
      socket.destroy()
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    rig.defer(() => trap.close())
    const { port } = trap.address() as AddressInfo
    const doors = await Promise.all(
      DOORS.map(async ({ answer }) => {
        const seen = { dialledAt: [] as number[], heads: [] as string[] }
        const upstream = await startRawUpstream((socket, head) => {
          seen.dialledAt.push(performance.now())
          seen.heads.push(head)
          if (places.get(rig)?.open) socket.write(switching(head))
          else socket.end(answer(head, `ws://127.0.0.1:${port}/trap`))
        })
        rig.defer(() => upstream.close())
        return { ...upstream, ...seen }
      }),
    )
    const side = await openSideFeed(rig, 'doors', { schema: { type: 'record', name: 'N', fields: [] } })
    places.set(rig, { side, doors, trapped, open: false })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const wait = rig.wait(30)
    await rig.noticesInMetrics('tributary_dials_total counts refused handshakes', (samples) =>
      ['handshake_status', 'protocol'].every(
        (outcome) => (samples.value('tributary_dials_total', { feed: 'doors', outcome }) ?? 0) > 0,
      ),
    )
    const areTried = (): boolean =>
      DOORS.every(({ isSlow }, at) => (place.doors[at]?.dialledAt.length ?? 0) >= (isSlow ? 1 : 2))
    await until(areTried, { what: 'each door to be tried again' })
    await wait
    const { sources } = await rig.daemon.feed('doors')
    rig.findings.push(...DOORS.map((door, at) => judge(door, at, place, sources)))
    place.open = true
    const areOpen = async (): Promise<boolean> => {
      const now = (await rig.daemon.feed('doors')).sources
      return DOORS.every(({ isSlow }, at) => isSlow || now[at]?.state === 'open')
    }
    await until(areOpen, { what: 'the doors to be passed', timeoutMs: 60_000 })
    const { length } = place.trapped
    rig.findings.push({ id: 'I10', ok: length === 0, detail: `${length} requests followed the redirect` })
  },
}

function judge(
  { name, reason, code, isSlow, retryAfterS = 0 }: Door,
  at: number,
  { doors }: Place,
  sources: readonly { readonly last_close?: { readonly reason: string; readonly code?: number } }[],
): Finding {
  const { dialledAt = [], heads = [] } = doors[at] ?? {}
  const close = sources[at]?.last_close
  const waits = dialledAt.slice(1).map((one, before) => (one - (dialledAt[before] ?? 0)) / 1_000)
  const soonest = Math.min(...waits)
  const ok =
    close?.reason === reason &&
    (code === undefined || close.code === code) &&
    (isSlow ? dialledAt.length === 1 : soonest >= retryAfterS) &&
    heads.every((head) => /^authorization: Bearer /im.test(head))
  const again = waits.length > 0 ? `, never sooner than ${soonest.toFixed(1)} s after` : ''
  const detail = `${name}: ${close?.reason} ${close?.code ?? ''}, dialled ${dialledAt.length} times${again}`
  return { id: 'I9', ok, detail }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
