/** Row 32: upstreams whose certificates or versions of TLS are not to be trusted, until they are put right. */
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { SecureContextOptions } from 'node:tls'
import { WebSocketServer } from 'ws'
import { certify } from '../../support/certificates.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const HOST = 'localhost'
const authority = certify({ commonName: 'an authority', authority: true })
const stranger = certify({ commonName: 'a stranger', authority: true })
const good = certify({ commonName: HOST, names: [HOST] }, authority)

const CASES: readonly (readonly [what: string, context: SecureContextOptions, said: RegExp])[] = [
  ['expired', certify({ commonName: HOST, names: [HOST], fromDay: -10, toDay: -1 }, authority), /expired/],
  ['of another host', certify({ commonName: 'elsewhere', names: ['elsewhere'] }, authority), /altnames/],
  ['of an unknown authority', certify({ commonName: HOST, names: [HOST] }, stranger), /unable to (get|verify)/],
  ['signed by itself', certify({ commonName: HOST, names: [HOST] }), /self-signed/],
  [
    'of TLS 1.1',
    { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    /version|unsupported protocol/,
  ],
]

interface Place {
  readonly side: SideFeed
  readonly servers: readonly Server[]
  /** Requests for an upgrade that any of them has seen. */
  upgrades: number
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 32,
  title: 'TLS: expired, of another host, of an unknown authority, too old',
  clients: 'any',
  env: (rig) => {
    const { side, servers } = placeOf(rig)
    const urls = servers.map((server) => `wss://${HOST}:${(server.address() as AddressInfo).port}/tls`)
    return { ...side.env(urls), NODE_EXTRA_CA_CERTS: join(rig.folder, 'ca.pem') }
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    await writeFile(join(rig.folder, 'ca.pem'), authority.cert)
    const side = await openSideFeed(rig, 'tls', { schema: { type: 'record', name: 'N', fields: [] } })
    const servers = await Promise.all(CASES.map(([, context]) => startSecure(rig, context)))
    places.set(rig, { side, servers, upgrades: 0 })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const wait = rig.wait(20)
    await rig.noticesInMetrics(
      'tributary_dials_total counts tls',
      (samples) => (samples.value('tributary_dials_total', { feed: 'tls', outcome: 'tls' }) ?? 0) >= CASES.length,
    )
    await wait
    const { sources } = await rig.daemon.feed('tls')
    for (const [at, [what, , said]] of CASES.entries()) {
      const { state, last_close: close } = sources[at] ?? {}
      const ok = state !== 'open' && close?.reason === 'tls' && said.test(close.detail)
      rig.findings.push({ id: 'I9', ok, detail: `${what}: ${close?.reason}, ${close?.detail}` })
    }
    const { upgrades } = place
    rig.findings.push({ id: 'row', ok: upgrades === 0, detail: `${upgrades} requests were sent to who is not trusted` })
    // The operators renew their certificates.
    for (const server of place.servers) server.setSecureContext({ ...good, minVersion: 'TLSv1.2' })
    await until(() => place.upgrades >= CASES.length, { what: 'all of them to be dialled again', timeoutMs: 60_000 })
  },
}

async function startSecure(rig: Rig, context: SecureContextOptions): Promise<Server> {
  const server = createServer(context)
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', () => {
    const place = places.get(rig)
    if (place) place.upgrades++
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  rig.defer(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  return server
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
