/** `npm run test:system`: what needs more than Node, Java and Maven. What cannot run here is named and counted. */
import { type Flag, parseCli, type Usage } from '../lib/cli.ts'
import { duration } from '../lib/duration.ts'
import { describe, EXIT, Failure, runScript } from '../lib/failure.ts'
import { seconds } from '../lib/progress.ts'
import { type Check, NotRun } from './check.ts'
import { compose } from './compose.ts'
import { fastavro } from './fastavro.ts'
import { image } from './image.ts'
import { nats } from './nats.ts'
import { oldNode } from './old-node.ts'
import { prometheus } from './prometheus.ts'
import { promtool } from './promtool.ts'
import { readmeCommand } from './readme-command.ts'

const checks: Readonly<Record<string, Check>> = {
  image,
  compose,
  prometheus,
  promtool,
  fastavro,
  nats,
  readme: readmeCommand,
  'old-node': oldNode,
}

const usage = {
  command: 'npm run test:system --',
  summary: `Runs the checks that need more than Node, Java and Maven. What this machine lacks for a check is named, and the check
counted as skipped. Exits with 1 if a check failed.

Checks:
${Object.entries(checks)
  .map(([name, { help }]) => `  ${name.padEnd(12)}${help}`)
  .join('\n')}`,
  flags: {
    only: { type: 'string', value: 'NAME,…', help: 'Only these checks' },
    image: { type: 'string', value: 'TAG', help: 'Take this image instead of building one' },
    within: { type: 'string', value: 'DURATION', help: 'Skip what is not through after 5m …' },
    'no-pull': { type: 'boolean', help: 'Do not fetch images: skip what needs one that is not here' },
  },
  examples: ['npm run test:system -- --only image,compose', 'npm run test:system -- --only prometheus,promtool'],
} as const satisfies Usage<Record<string, Flag>>

type Outcome = 'ok' | 'failed' | 'not run'

async function main(): Promise<number> {
  const { values } = parseCli(usage)
  const names = chosen(values.only)
  const withinMs = duration('within', values.within)
  const late = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs)
  const stopped = new AbortController()
  const stop = () => stopped.abort(new Error('stopped by a signal'))
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const outcomes: Outcome[] = []
  for (const name of names) {
    if (stopped.signal.aborted) break
    outcomes.push(
      await outcomeOf(name, { image: values.image, pull: !values['no-pull'], stopped: stopped.signal, late }),
    )
  }
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length
  if (stopped.signal.aborted) say(`stopped; ${names.length - outcomes.length} checks not begun`)
  say(`${count('ok')} passed, ${count('failed')} failed, ${count('not run')} skipped`)
  return count('failed') > 0 || stopped.signal.aborted ? EXIT.failed : 0
}

function chosen(only: string | undefined): string[] {
  const names = only?.split(',').map((name) => name.trim()) ?? Object.keys(checks)
  const unknown = names.filter((name) => !Object.hasOwn(checks, name))
  if (unknown.length === 0) return names
  throw new Failure(`no check is called ${unknown.join(', ')}`, {
    cure: `There are ${Object.keys(checks).join(', ')}.`,
    code: EXIT.configuration,
  })
}

interface Given {
  readonly image: string | undefined
  readonly pull: boolean
  readonly stopped: AbortSignal
  /** Aborts when there is no time left. */
  readonly late: AbortSignal | undefined
}

async function outcomeOf(name: string, { image, pull, stopped, late }: Given): Promise<Outcome> {
  const startedAt = Date.now()
  const end = (outcome: Outcome, detail = ''): Outcome => {
    say(`${outcome.padEnd(8)} ${name} (${seconds(Date.now() - startedAt)})${detail}`)
    return outcome
  }
  say(`         ${name}: ${checks[name]?.help} …`)
  const signal = late ? AbortSignal.any([stopped, late]) : stopped
  try {
    late?.throwIfAborted()
    await checks[name]?.run({ image, pull, signal, seen: (what) => say(`         · ${what}`) })
    return end('ok')
  } catch (error) {
    if (error instanceof NotRun) return end('not run', `: ${error.message}\n         ${error.cure}`)
    if (late?.aborted && !stopped.aborted) return end('not run', ': there was no time left for it')
    return end('failed', `: ${reasons(error).join('\n         because ')}`)
  }
}

/** Unlike `describe` in full: it is read by whoever has to find out why. */
function reasons(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  const cure = error instanceof Failure ? [error.cure] : []
  return [error.message || describe(error), ...cure, ...(error.cause === undefined ? [] : reasons(error.cause))]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

runScript('test:system', main)
