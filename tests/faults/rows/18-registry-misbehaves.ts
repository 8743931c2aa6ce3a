/** Row 18: the registry answers, but not with what was asked for. */
import type { ServerResponse } from 'node:http'
import { until } from '../../support/until.ts'
import { placeFront, type RegistryFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const REFRESH_MS = 400
const TIMEOUT_MS = 1_000
const HUGE = 100_000_000
const CHUNK = Buffer.alloc(256 * 1024, ' ')
/** The timer's jitter is a tenth. */
const SOONEST_MS = REFRESH_MS * 0.9

/** What each fault answers, and what the log then says. */
const FAULTS: readonly (readonly [what: string, said: RegExp, answer: (response: ServerResponse) => void])[] = [
  ['500', /answered 500/, (response) => void response.writeHead(500).end('{"error_code":50001}')],
  ['429', /answered 429/, (response) => void response.writeHead(429, { 'retry-after': '30' }).end()],
  ['nothing for 30 s', /no complete answer within 1000 ms/, () => {}],
  ['half a body', /the last good schema stays in use/, half],
  ['a web page', /something that is no schema/, (response) => void response.writeHead(200).end('<html>sign in</html>')],
  ['a body of 100 MB', /the last good schema stays in use/, huge],
]

const fronts = new WeakMap<Rig, RegistryFront>()
let hugeSent = 0

export const row: Row = {
  number: 18,
  title: 'registry answers 500, 429, late, by half, with a web page, with 100 MB',
  clients: 'any',
  env: { SCHEMA_REGISTRY_REFRESH: `${REFRESH_MS}ms`, SCHEMA_REGISTRY_TIMEOUT: `${TIMEOUT_MS}ms` },
  expect: { controlFlows: true },
  async prepare(rig) {
    fronts.set(rig, await placeFront(rig))
    hugeSent = 0
  },
  async inject(rig) {
    const front = fronts.get(rig)
    if (!front) return
    const from = performance.now()
    for (const [, said, answer] of FAULTS) {
      rig.mark()
      front.script = (_request, response) => {
        answer(response)
        return true
      }
      const wait = rig.wait(30 / FAULTS.length)
      await rig.noticesInLog(said)
      await wait
      front.script = undefined
      await refreshed(rig)
    }
    rig.findings.push(asking(front, from), {
      id: 'row',
      ok: hugeSent < HUGE / 2,
      detail: `${Math.round(hugeSent / 1e6)} MB of 100 MB were taken before each one was given up`,
    })
  },
}

/** Never more than one request at once for a subject, and none sooner than the refresh period says. */
function asking({ asked }: RegistryFront, from: number): { id: 'row'; ok: boolean; detail: string } {
  const during = asked.filter(({ at }) => at >= from)
  const subjects = new Set(during.map(({ subject }) => subject)).size
  const most = subjects * Math.ceil((performance.now() - from) / SOONEST_MS + 1)
  const atOnce = Math.max(0, ...during.map((one) => one.atOnce))
  return {
    id: 'row',
    ok: during.length > 0 && during.length <= most && atOnce === 1,
    detail: `${during.length} requests for ${subjects} subjects (at most ${most}), ${atOnce} at once for one`,
  }
}

/** Resolves when both subjects have been answered well since now. */
async function refreshed(rig: Rig): Promise<void> {
  const since = Date.now() / 1_000
  const areFresh = async (): Promise<boolean> => {
    const samples = await rig.daemon.metrics()
    return Object.values(rig.topics).every((topic) => {
      const subject = `${topic}-value`
      return (samples.value('tributary_schema_last_success_timestamp_seconds', { subject }) ?? 0) > since
    })
  }
  await until(areFresh, { what: 'a good answer for each subject' })
}

function half(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 4_000 })
  response.write('{"subject":"x","version":1,"id":1,"schema":"{\\"type\\":', () => response.destroy())
}

function huge(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': HUGE })
  let sent = 0
  const pour = (): void => {
    while (sent < HUGE && !response.destroyed) {
      sent += CHUNK.length
      hugeSent = Math.max(hugeSent, sent)
      if (!response.write(CHUNK)) return void response.once('drain', pour)
    }
  }
  pour()
}
