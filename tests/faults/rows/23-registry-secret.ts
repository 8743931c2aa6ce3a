/** Row 23: the registry's password is changed: 401 for who has the old one, at the start and during the run. */
import { uniqueName } from '../../support/stack.ts'
import { placeFront, type RegistryFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const VARIABLE = 'SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO'
const word = (): string => uniqueName('secret').replaceAll('-', '')

interface Place {
  readonly front: RegistryFront
  readonly old: string
  readonly fresh: string
  readonly next: string
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 23,
  title: 'the registry answers 401: its secret was changed',
  clients: 'any',
  env: { SCHEMA_REGISTRY_REFRESH: '500ms' },
  expect: { controlFlows: true },
  async prepare(rig) {
    places.set(rig, { front: await placeFront(rig), old: word(), fresh: word(), next: word() })
  },
  /** First with the old secret, which ends the daemon's patience or the operator's; a restart with the new one cures it. */
  async start(rig) {
    const place = placeOf(rig)
    demand(place.front, place.fresh)
    rig.start({ [VARIABLE]: `tributary:${place.old}` })
    await rig.noticesInLog(/feed fault cannot start yet: .*wants other credentials \(401\)/)
    await rig.noticesOn('/readyz', 503)
    await rig.noticesOn('/healthz', 200)
    const { code } = await rig.daemon.stop()
    rig.findings.push({ id: 'I11', ok: code === 0, detail: `with the old secret: SIGTERM ended it with ${code}` })
    await rig.start({ [VARIABLE]: `tributary:${place.fresh}` }).ready()
  },
  /** While it runs, the schemas at hand go on to be used. */
  async inject(rig) {
    const { front, fresh, next } = placeOf(rig)
    demand(front, next)
    const wait = rig.wait(30)
    await rig.noticesInLog(/wants other credentials \(401\).*the last good schema stays in use/)
    await wait
    demand(front, fresh)
  },
  /** Neither the passwords nor what they look like on the wire are in what was said, though the registry says them back. */
  check({ output }, rig) {
    const { old, fresh, next } = placeOf(rig)
    const said = [output, ...rig.sampler.pages].join('\n')
    const leaks = [old, fresh, next]
      .flatMap((password) => [password, encoded(password)])
      .filter((secret) => said.includes(secret)).length
    return [{ id: 'I10', ok: leaks === 0, detail: `${leaks} forms of the registry's passwords in what was said` }]
  },
}

function demand(front: RegistryFront, password: string): void {
  front.script = ({ headers }, response) => {
    if (headers.authorization === `Basic ${encoded(password)}`) return false
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end(`{"message":"not ${headers.authorization}"}`)
    return true
  }
}

function encoded(password: string): string {
  return Buffer.from(`tributary:${password}`).toString('base64')
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
