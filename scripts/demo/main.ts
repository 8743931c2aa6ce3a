/** `npm run demo`: everything on this machine, for real, with a live table of what flows. */
import { constants } from 'node:os'
import { Scope } from '../../app/lib/scope.ts'
import { sinks } from '../../app/produce/index.ts'
import { type Flag, parseCli, type Usage } from '../lib/cli.ts'
import { duration } from '../lib/duration.ts'
import { EXIT, Failure, runScript } from '../lib/failure.ts'
import { progress } from '../lib/progress.ts'
import { until } from '../lib/until.ts'
import { FEEDS } from './feeds.ts'
import { endOfLog } from './log-lines.ts'
import { recordsInKafka } from './read-back.ts'
import { openScene, type Scene, type SceneOptions } from './scene.ts'
import { decodeNewest, show } from './show.ts'
import { type Evidence, problems, sums } from './verdict.ts'

const clients = Object.entries(sinks).flatMap(([name, sink]) => ('offline' in sink ? [] : [name]))

const usage = {
  command: 'npm run demo --',
  summary:
    'Starts a real Kafka, a real schema registry, five synthetic upstreams and the daemon on loopback, on free ports,\nand shows what flows through. Needs Java 17; the first run fetches Kafka and the registry with Maven.\nCtrl-C ends everything. Exit code 0: every feed flowed, and what was received was produced or refused.',
  flags: {
    for: { type: 'string', value: 'DURATION', help: 'End by itself after 20s, 5m …; without it at Ctrl-C' },
    rate: { type: 'string', value: 'N|max', default: '100', help: 'Messages per second of each upstream' },
    'kafka-client': {
      type: 'string',
      value: clients.join('|'),
      default: clients[0] ?? '',
      help: 'The Kafka client of the daemon',
    },
  },
  examples: ['npm run demo', 'npm run demo -- --for 20s --rate 1000 --kafka-client kafkajs'],
} as const satisfies Usage<Record<string, Flag>>

interface Options extends SceneOptions {
  readonly forMs: number | undefined
}

async function main(): Promise<number> {
  const options = readOptions()
  const stopped = stopSignals()
  const scope = new Scope()
  try {
    // Who stops us early leaves parts behind that are still starting: those end with this process.
    const scene = await Promise.race([openScene(options, scope), stopped.code])
    if (typeof scene === 'number') return scene
    return await run(scene, options.forMs, stopped.signal)
  } finally {
    const shown = progress('Ending the rest')
    await scope.close().then(() => shown.done('nothing of the demo runs any more'), shown.clear)
  }
}

function readOptions(): Options {
  const { values } = parseCli(usage)
  if (values.rate !== 'max' && !(Number(values.rate) > 0)) {
    throw misuse(`--rate ${values.rate} is neither a number above 0 nor max`, 'Try --rate 100.')
  }
  if (!clients.includes(values['kafka-client'])) {
    throw misuse(`--kafka-client ${values['kafka-client']} is unknown`, `Choose one of ${clients.join(', ')}.`)
  }
  return { rate: values.rate, kafkaClient: values['kafka-client'], forMs: duration('for', values.for) }
}

function misuse(problem: string, cure: string): Failure {
  return new Failure(problem, { cure, code: EXIT.configuration })
}

/** The first signal aborts `signal` and resolves `code` (128 + its number); a second one ends the process at once. */
function stopSignals(): { readonly signal: AbortSignal; readonly code: Promise<number> } {
  const controller = new AbortController()
  const code = new Promise<number>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        const number = 128 + constants.signals[name]
        if (controller.signal.aborted) process.exit(number)
        controller.abort()
        resolve(number)
      })
    }
  })
  return { signal: controller.signal, code }
}

/** Shows until it is over, stops the daemon in order and says where everything went. Resolves to the exit code. */
async function run(scene: Scene, forMs: number | undefined, signal: AbortSignal): Promise<number> {
  const { daemon } = scene
  const over = new AbortController()
  const code = await Promise.race([
    show(scene, forMs, AbortSignal.any([signal, over.signal])).then(() => undefined),
    daemon.ended,
  ])
  over.abort()
  if (code !== undefined) {
    throw new Failure(`the daemon ended with exit code ${code}`, { cure: endOfLog(daemon.logFile) })
  }
  const evidence = await stopDaemon(scene)
  process.stdout.write(`\n${sums(evidence).join('\n')}\n\n`)
  const found = problems(evidence)
  if (found.length === 0) {
    process.stdout.write('Every feed flowed, and everything received was produced or refused.\n')
    process.stdout.write(`The daemon's log: ${daemon.logFile}\n`)
    return 0
  }
  process.stdout.write(`${found.map((problem) => `- ${problem}\n`).join('')}\n`)
  throw new Failure('not every feed flowed to its end', { cure: endOfLog(daemon.logFile) })
}

async function stopDaemon(scene: Scene): Promise<Evidence> {
  const shown = progress('Stopping the daemon, which delivers what it holds')
  shown.update('Ctrl-C ends it')
  const { code, ledgers } = await scene.daemon.finish()
  shown.done(`exit code ${code}`)
  // It may have been stopped by hand.
  scene.kafka.resume()
  const inKafka = await recordsInKafka(scene.kafka.bootstrapServers)
  const expected = FEEDS.filter(({ name }) => (ledgers.get(name)?.produced ?? 0) > 0)
  const isBack = (): boolean => expected.every(({ topic }) => scene.readBack.newest.has(topic))
  await until(isBack, { what: 'records to come back', timeoutMs: 10_000 }).catch(() => {})
  const records = new Map<string, string>()
  await decodeNewest(scene, records)
  return { code, ledgers, inKafka, readBack: new Set(records.keys()) }
}

runScript('demo', main)
