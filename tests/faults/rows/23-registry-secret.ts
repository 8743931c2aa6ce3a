/** Row 23: the registry's password is changed: 401 for who has the old one, until a restart with the new one. */
import { uniqueName } from '../../support/stack.ts'
import { placeFront, type RegistryFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { during, finish, recovery } from '../run-row.ts'

const word = (): string => uniqueName('secret').replaceAll('-', '')
const places = new WeakMap<Rig, { readonly front: RegistryFront; readonly old: string; readonly fresh: string }>()

export const row: Row = {
  number: 23,
  title: 'the registry answers 401: its secret was changed',
  clients: 'any',
  env: (rig) => ({
    SCHEMA_REGISTRY_REFRESH: '500ms',
    SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: `tributary:${places.get(rig)?.old}`,
  }),
  // What the first daemon received is in its own ledger, not in that of the last.
  expect: { controlFlows: true, foreign: true },
  async prepare(rig) {
    const place = { front: await placeFront(rig), old: word(), fresh: word() }
    places.set(rig, place)
    demand(place.front, place.old)
  },
  async run(rig) {
    const place = places.get(rig)
    if (!place) return []
    await rig.start().ready()
    await rig.flows(300)
    const window = await during(rig, () => rotated(rig, place))
    rig.findings.push(await recovery(row, rig))
    await rig.flows(200)

    await rested(rig)
    rig.start()
    await rig.noticesInLog(/feed fault cannot start yet: .*wants other credentials \(401\)/)
    await rig.noticesOn('/readyz', 503)
    await rig.noticesOn('/healthz', 200)
    await rested(rig)

    rig.start({ SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: `tributary:${place.fresh}` })
    await rig.daemon.ready()
    rig.fault.paused = false
    rig.control.paused = false
    await rig.flows(200)
    const findings = await finish(row, rig, window)
    return [...findings, secrecy(rig, [place.old, place.fresh])]
  },
}

/** While it runs: the schemas at hand go on to be used. */
async function rotated(rig: Rig, { front, fresh }: { front: RegistryFront; fresh: string }): Promise<void> {
  demand(front, fresh)
  const wait = rig.wait(20)
  await rig.noticesInLog(/wants other credentials \(401\).*the last good schema stays in use/)
  await wait
}

/** Stops the daemon with nothing on its way. */
async function rested(rig: Rig): Promise<void> {
  const wasFlowing = !rig.fault.paused
  rig.fault.paused = true
  rig.control.paused = true
  if (wasFlowing) await rig.drained()
  const { code } = await rig.daemon.stop()
  rig.findings.push({ id: 'I11', ok: code === 0, detail: `a daemon ended with ${code}` })
}

function demand(front: RegistryFront, password: string): void {
  const wanted = `Basic ${Buffer.from(`tributary:${password}`).toString('base64')}`
  front.script = ({ headers }, response) => {
    if (headers.authorization === wanted) return false
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end(`{"message":"not ${headers.authorization}"}`)
    return true
  }
}

/** Neither the passwords nor what they look like on the wire. */
function secrecy(rig: Rig, passwords: readonly string[]): Finding {
  const said = [...rig.daemons.map(({ stdout, stderr }) => stdout + stderr), ...rig.sampler.pages].join('\n')
  const leaks = passwords
    .flatMap((password) => [password, Buffer.from(`tributary:${password}`).toString('base64')])
    .filter((secret) => said.includes(secret)).length
  return { id: 'I10', ok: leaks === 0, detail: `${leaks} forms of the registry's passwords in what was said` }
}
