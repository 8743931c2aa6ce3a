/** Row 62: the configuration changes under load. One feed goes, one comes, one gets a URL more; the other one does not notice. */
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { topicSize, visitTopic } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { openTally } from '../checker/tally.ts'
import { FAULT_SCHEMA } from '../document.ts'
import type { Evidence } from '../evidence.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'
import { type Simulator, startSimulator } from '../simulator.ts'

const PROGRAM = 'tests/support/reloading-program.ts'
/** What the kernel had of the feed that goes when its sockets were closed: a tenth of a second. */
const MOST_TAIL = 100

interface Place {
  readonly file: string
  readonly goes: Side
  /** It gets the URL of `more`. */
  readonly grows: Side
  readonly more: Simulator
  readonly comes: Side
}
interface Side {
  readonly simulator: Simulator
  readonly feed: SideFeed
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 62,
  title: 'under 5,000 messages/s one feed goes, one comes, one gets a URL more; a broken file',
  clients: 'any',
  load: { rate: 2_000, controlRate: 1_000 },
  env: (rig) => ({ RELOAD_FILE: placeOf(rig).file, NODE_OPTIONS: '--expose-gc' }),
  expect: { controlFlows: true },
  async prepare(rig) {
    const side = async (name: string): Promise<Side> => ({
      feed: await openSideFeed(rig, name, { schema: FAULT_SCHEMA, partitions: 3 }),
      simulator: await simulate(rig, `${name}x`, 3, 1_000),
    })
    const more = await simulate(rig, 'morex', 1, 200)
    const [goes, grows, comes] = [await side('goes'), await side('grows'), await side('comes')]
    places.set(rig, { file: join(rig.folder, 'settings.json'), goes, grows, more, comes })
    await write(rig, { ...envOf(goes), ...envOf(grows) })
  },
  async start(rig) {
    const { goes } = placeOf(rig)
    await rig.start({}, { entry: PROGRAM }).ready(60_000)
    await until(async () => settledOf(rig, 'goes').then((count) => count > 300), { what: 'the feed that will go' })
    await until(() => goes.simulator.open === 3, { what: 'its sockets' })
  },
  async inject(rig) {
    const { goes, grows, comes, more } = placeOf(rig)
    await rig.wait(20)
    await write(rig, { ...envOf(comes), ...envOf(grows, more) })
    rig.daemon.signal('SIGHUP')
    await rig.daemon.said(/feeds added: comes; removed: goes; with other sources or bounds: grows/)
    await rig.daemon.said('feed goes is gone')
    goes.simulator.paused = true
    await until(async () => settledOf(rig, 'comes').then((count) => count > 300), { what: 'the feed that came' })
    await until(() => more.open === 1 && more.written > 50, { what: 'the URL more' })
    await write(rig, '{ "FEED_COMES_URLS": ')
    rig.daemon.signal('SIGHUP')
    await rig.daemon.said(/refused, the one before stays in force: .*not JSON/)
    await rig.wait(20)
    for (const one of [comes.simulator, grows.simulator, more]) one.paused = true
    const areIdle = async (): Promise<boolean> =>
      (await settledOf(rig, 'comes')) === comes.simulator.written &&
      (await settledOf(rig, 'grows')) === grows.simulator.written + more.written
    await until(areIdle, { what: 'the feeds beside to be idle', timeoutMs: 60_000 })
  },
  async check({ fault, control, gaps, samples }: Evidence, rig) {
    const { goes, grows, comes, more } = placeOf(rig)
    const redials = (one: Simulator): number => one.connections.length - one.sources.length
    const gone = await sizeOf(rig, goes)
    const tail = goes.simulator.written - gone
    const series = samples?.all.filter(({ labels }) => Object.values(labels).some((it) => it.includes('goes'))) ?? []
    return [
      {
        id: 'row',
        ok: [control, fault, grows, comes].every(({ simulator }) => redials(simulator) === 0) && redials(more) === 0,
        detail: `${redials(control.simulator)} redials of a feed that stayed, ${redials(grows.simulator)} of the one with a URL more`,
      },
      {
        id: 'row',
        ok: gaps.length === 0 && series.length === 0 && redials(goes.simulator) === 0,
        detail: `${gaps.length} gap records, ${series.length} series of the feed that went`,
      },
      {
        id: 'I2',
        ok: tail >= 0 && tail <= MOST_TAIL,
        detail: `${gone} of ${goes.simulator.written} messages of the feed that went are in its topic; the rest was on the wire`,
      },
      ...(await whole(rig, goes.feed.topic, goes.simulator, gone)),
      ...(await whole(rig, grows.feed.topic, grows.simulator, grows.simulator.written)),
      ...(await whole(rig, comes.feed.topic, comes.simulator, comes.simulator.written)),
      ...(await whole(rig, grows.feed.topic, more, more.written)),
    ]
  },
}

/** With the URLs of `others`, too. */
function envOf({ feed, simulator }: Side, ...others: readonly Simulator[]): Record<string, string> {
  return feed.env([simulator, ...others].flatMap(({ urls }) => urls))
}

async function simulate(rig: Rig, name: string, sources: number, rate: number): Promise<Simulator> {
  const simulator = await startSimulator({ name, sources, rate, canary: rig.canaries.payload })
  rig.defer(() => simulator[Symbol.asyncDispose]())
  return simulator
}

/** As a whole, as an editor does. */
async function write(rig: Rig, content: Readonly<Record<string, string>> | string): Promise<void> {
  const { file } = placeOf(rig)
  await writeFile(`${file}.new`, typeof content === 'string' ? content : JSON.stringify(content))
  await rename(`${file}.new`, file)
}

async function settledOf(rig: Rig, name: string): Promise<number> {
  return (await rig.daemon.status()).feeds[name]?.ledger.messages.settled ?? 0
}

function sizeOf(rig: Rig, { feed }: Side): Promise<number> {
  return topicSize(feed.topic, rig.site.direct)
}

/** The first messages of each source are there, once and in order. */
async function whole(rig: Rig, topic: string, { name, sources }: Simulator, messages: number): Promise<Finding[]> {
  const tally = openTally(sources)
  await visitTopic(topic, 0, tally.record, { bootstrapServers: rig.site.direct, timeoutMs: 120_000 })
  const { distinct, duplicates, disorder, broken } = tally
  const ok = distinct === messages && messages > 0 && duplicates + disorder.count + broken.count === 0
  const detail = `${name}: ${distinct} of ${messages} in the topic, ${duplicates} twice, ${disorder.count} out of order`
  return [{ id: 'I2', ok, detail }]
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
