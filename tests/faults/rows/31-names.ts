/** Row 31: names that do not resolve, come and go, or lead to a dead address; a port that nobody listens on. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../../support/until.ts'
import { refusedPort } from '../../support/upstream-raw.ts'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'
import { startSimulator } from '../simulator.ts'

const LOCAL = '127.0.0.1 localhost'
/** All of 127.0.0.0/8 is loopback; the upstream listens on 127.0.0.1 only. */
const TWO_ADDRESSES = '127.0.0.2 both.test\n127.0.0.1 both.test'
const FLAPPING = '127.0.0.1 flapping.test'
const FLAPS = 3
/** The daemon gets a hosts file of its own, and a name server that is not there. Linux, and the right to mount. */
const UNSHARED = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"'

interface Place {
  readonly side: SideFeed
  readonly paths: Paths
  readonly hosts: string
  readonly refused: number
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 31,
  title: 'names that fail, flap, have a dead address; a refused port',
  clients: 'any',
  env: (rig) => {
    const { side, paths, refused } = placeOf(rig)
    const named = (name: string, path: string): string => paths.url(path).replace('127.0.0.1', name)
    return side.env([
      named('nowhere.invalid', 'nowhere'),
      named('flapping.test', 'flapping'),
      named('both.test', 'both'),
      `ws://127.0.0.1:${refused}/late0`,
    ])
  },
  expect: { controlFlows: true, apart: ['hosts'] },
  async prepare(rig) {
    const side = await openSideFeed(rig, 'hosts', { schema: { type: 'record', name: 'N', fields: [] } })
    const hosts = join(rig.folder, 'hosts')
    await writeFile(hosts, `${LOCAL}\n${TWO_ADDRESSES}\n`)
    await writeFile(join(rig.folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
    places.set(rig, { side, paths: await startPaths(rig), hosts, refused: await refusedPort() })
  },
  async start(rig) {
    const { hosts } = placeOf(rig)
    const under = ['unshare', '--mount', 'sh', '-c', UNSHARED, 'sh', hosts, join(rig.folder, 'resolv.conf')]
    await rig.start({}, { under }).ready(60_000)
  },
  async inject(rig) {
    const { paths, hosts, refused } = placeOf(rig)
    await rig.noticesInMetrics('dials in vain are counted as dns and as connect', (samples) =>
      ['dns', 'connect'].every(
        (outcome) => (samples.value('tributary_dials_total', { feed: 'hosts', outcome }) ?? 0) > 0,
      ),
    )
    const states = new Map(
      (await rig.daemon.feed('hosts')).sources.map(({ url, last_close }) => [new URL(url).pathname, last_close]),
    )
    rig.findings.push(
      named(states.get('/nowhere'), 'nowhere', 'dns', /nowhere\.invalid/),
      named(states.get('/flapping'), 'flapping', 'dns', /flapping\.test/),
      named(states.get('/late0'), 'a refused port', 'connect', /ECONNREFUSED/),
    )
    await until(() => paths.socket('both') !== undefined, { what: 'the living one of two addresses' })
    const wait = rig.wait(30)
    for (let flap = 1; flap <= FLAPS; flap++) {
      await writeFile(hosts, `${LOCAL}\n${TWO_ADDRESSES}\n${FLAPPING}\n`)
      await until(() => paths.socket('flapping') !== undefined, { what: 'the name to be found', timeoutMs: 30_000 })
      if (flap === FLAPS) break
      await writeFile(hosts, `${LOCAL}\n${TWO_ADDRESSES}\n`)
      paths.socket('flapping')?.close(1011)
      const isLost = async (): Promise<boolean> => {
        const source = (await rig.daemon.feed('hosts')).sources.find(({ url }) => url.endsWith('/flapping'))
        return source?.last_close?.reason === 'dns' && paths.socket('flapping') === undefined
      }
      await until(isLost, { what: 'the name to be missed', timeoutMs: 30_000 })
    }
    await wait
    const late = await startSimulator({ name: 'late', sources: 1, rate: 0, canary: '', port: refused })
    rig.defer(() => late[Symbol.asyncDispose]())
    await until(() => late.open === 1, { what: 'the port to be dialled again', timeoutMs: 30_000 })
    const both = paths.dials('both')
    rig.findings.push({
      id: 'row',
      ok: both === 1,
      detail: `a name that flapped ${FLAPS} times and a port that came to life are open; a name with a dead address was opened ${both} times`,
    })
  },
}

function named(
  close: { readonly reason: string; readonly detail: string } | undefined,
  what: string,
  reason: string,
  detail: RegExp,
): Finding {
  const ok = close?.reason === reason && detail.test(close.detail)
  return { id: 'I9', ok, detail: `${what}: ${close?.reason}, ${close?.detail}` }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
