/** Row 47: the operator's port is abused: a thousand scrapes, clients that never finish, wrong methods, huge heads; 10,000 label values. */
import { writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { until } from '../../support/until.ts'
import { refusedPort } from '../../support/upstream-raw.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { standard } from '../run-row.ts'

const SCRAPES = 1_000
const AT_ONCE = 50
const SLOW = 150
/** More than the daemon has connections for. */
const IDLE = 250
const LIVE_MS = 1_000
const PIPELINED = 1_000
/** With 10,000 sources. */
const MOST_RSS_BYTES = 700 * 1024 * 1024
const URLS = 10_000
/** Of the exposition; without a cap each URL has several lines of some 150 bytes. */
const MOST_PAGE_BYTES = 1024 * 1024

export const row: Row = {
  number: 47,
  title: `${SCRAPES} scrapes, slow clients, ${IDLE} that say nothing, POST, huge URL and head; ${URLS} upstreams`,
  clients: 'any',
  expect: { controlFlows: true },
  run: async (rig) => [...(await standard(row, rig)), await crowded(rig)],
  async inject(rig) {
    // It is crowded out on purpose.
    rig.sampler.paused = true
    const url = new URL(await rig.daemon.url())
    const port = Number(url.port)
    await answers(rig, 'POST', 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 405)
    await answers(rig, 'a URL of 64 KiB', `GET /${'x'.repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431)
    await answers(rig, 'a head of 64 KiB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(65_536)}\r\n\r\n`, 431)
    await answers(rig, 'no HTTP', 'hello\r\n\r\n', 400)
    await staysLive(rig, port)
    const slow = Array.from({ length: SLOW }, () => dawdle(port))
    try {
      await scrapes(rig, `${url.origin}/metrics`)
      const closed = (): boolean => slow.every(({ destroyed }) => destroyed)
      const ok = await until(closed, { what: 'slow clients to be closed', timeoutMs: 30_000 }).then(
        () => true,
        () => false,
      )
      rig.findings.push({
        id: 'row',
        ok,
        detail: `${slow.filter((one) => one.destroyed).length} of ${SLOW} slow clients were closed`,
      })
    } finally {
      for (const socket of slow) socket.destroy()
    }
    await rig.noticesOn('/healthz', 200)
    rig.sampler.paused = false
  },
}

async function answers({ daemon, findings }: Rig, what: string, request: string, status: number): Promise<void> {
  const socket = connect(Number(new URL(await daemon.url()).port), '127.0.0.1')
  let said = ''
  socket
    .on('error', () => {})
    .setEncoding('latin1')
    .on('data', (text: string) => (said += text))
  socket.write(request)
  await until(() => said.includes('\r\n') || socket.destroyed, { what: `an answer to ${what}` }).catch(() => {})
  socket.destroy()
  const line = said.split('\r\n', 1)[0] ?? ''
  findings.push({
    id: 'row',
    ok: line.includes(` ${status} `),
    detail: `${what}: ${line || 'closed without an answer'}`,
  })
}

/** A client that begins a request and never ends it. */
function dawdle(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n')
  socket.resume()
  return socket
}

/** Those who connect and say nothing take no place from whoever asks. */
async function staysLive({ daemon, findings }: Rig, port: number): Promise<void> {
  const idle = Array.from({ length: IDLE }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await until(() => idle.every(({ connecting }) => !connecting), { what: 'idle connections' })
  const asked = performance.now()
  const status = await daemon.get('/healthz', { signal: AbortSignal.timeout(LIVE_MS) }).then(
    (response) => response.status,
    () => 0,
  )
  const detail = `/healthz answered ${status} after ${Math.round(performance.now() - asked)} ms beside ${IDLE} idle connections`
  findings.push({ id: 'row', ok: status === 200, detail })
  for (const socket of idle) socket.destroy()
}

/** Each gets its page, though the slow ones take most of the connections there are. */
async function scrapes({ findings }: Rig, url: string): Promise<void> {
  let [left, good, refused] = [SCRAPES, 0, 0]
  const scrape = async (): Promise<void> => {
    while (left-- > 0) {
      try {
        const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(30_000) })
        if ((await response.text()).includes('tributary_build_info')) good++
      } catch {
        refused++
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, scrape))
  findings.push({
    id: 'row',
    ok: good >= SCRAPES / 2,
    detail: `${good} of ${SCRAPES} scrapes answered, ${refused} refused`,
  })
}

/** Ten thousand upstreams that cannot be reached: the page stays small, and the daemon answers. */
async function crowded(rig: Rig): Promise<Finding> {
  const file = join(rig.folder, 'urls')
  const port = await refusedPort()
  await writeFile(file, Array.from({ length: URLS }, (_, at) => `ws://127.0.0.1:${port}/${at}`).join('\n'))
  const daemon = rig.start({ FEED_CROWD_URLS_FILE: file, FEED_CROWD_SCHEMA: rig.topics.fault, DIAL_RATE: '1000' })
  await daemon.ready()
  const isTried = async (): Promise<boolean> =>
    ((await daemon.metrics()).value('tributary_dials_total', { feed: 'crowd' }) ?? 0) >= URLS
  await until(isTried, { what: `${URLS} dials`, timeoutMs: 120_000 })
  const page = await (await daemon.get('/metrics')).text()
  // In one packet, by a client that reads nothing: each page would be two megabytes.
  const own = Number(new URL(await daemon.url()).port)
  const greedy = connect(own, '127.0.0.1').on('error', () => {})
  greedy.pause()
  greedy.write('GET /status HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(PIPELINED))
  await until(() => !greedy.connecting && greedy.writableLength === 0, { what: 'the requests to be on their way' })
  await staysLive({ ...rig, daemon }, own)
  const rss = await daemon.rss()
  greedy.destroy()
  const { code } = await daemon.stop()
  return {
    id: 'I6',
    ok: page.length <= MOST_PAGE_BYTES && rss <= MOST_RSS_BYTES && code === 0,
    detail: `${URLS} upstreams: ${page.length} bytes of metrics, ${Math.round(rss / 1024 / 1024)} MiB resident, ended with ${code}`,
  }
}
