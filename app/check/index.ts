/** `tributary check`: looks at everything that a run depends on, without running. */
import { Encoders } from '../encode/encoders.ts'
import { ConfigError } from '../errors.ts'
import type { Emit, Misfit } from '../events.ts'
import type { Config } from '../kinds.ts'
import { Clock } from '../lib/clock.ts'
import { Scope } from '../lib/scope.ts'
import { settingName } from '../lib/setting-names.ts'
import { checkFeeds } from './feeds.ts'
import { type Finding, type Group, misconfigured } from './finding.ts'
import { checkMachine } from './machine.ts'
import type { CheckOptions } from './options.ts'
import { checkRegistry } from './registry.ts'
import { counted, exitCodeOf, type Found, jsonReport, type Print, show } from './report.ts'
import { checkSinks } from './sinks.ts'

/**
 * Looks at this machine, Kafka, the registry and every URL at once, and prints by group what is right and what is wrong with the
 * cure, or one JSON object. Each look has a deadline of its own, and a late one holds up nothing but its group. Resolves to the exit
 * code. Rejects for a bug of ours, and, unless it prints JSON, with `ConfigError` for a configuration that cannot be read.
 */
export async function check(read: () => Config, { json, waitMs }: CheckOptions, print: Print): Promise<number> {
  if (json) {
    const found = await checkAll(read, waitMs, () => {}).catch(asFindings)
    print(jsonReport(found))
    return exitCodeOf(found)
  }
  const found = await checkAll(read, waitMs, print)
  const wrong = found.filter(({ verdict }) => verdict === 'wrong').length
  print(wrong === 0 ? 'Nothing is wrong.' : `${counted(wrong, 'thing')} wrong; each arrow says what to do.`)
  return exitCodeOf(found)
}

async function checkAll(read: () => Config, waitMs: number, print: Print): Promise<Found[]> {
  const config = read()
  const scope = new Scope()
  try {
    const misfits = new Map<string, Misfit>()
    const emit: Emit = (event) => {
      if (event.type === 'schema.fetched' && event.misfit) misfits.set(event.subject, event.misfit)
    }
    const encoders = scope.use(new Encoders({ registry: config.registry, clock: new Clock(), emit }), (it) =>
      it.close(),
    )
    const registry = checkRegistry(config, encoders)
    const groups = [
      configuration(config),
      checkMachine(config),
      ...(await checkSinks(config, scope)),
      registry,
      ...(await checkFeeds(config, { encoders, misfits, prepared: registry.findings, waitMs })),
    ]
    return await show(groups, (text) => config.secrets.hideAll(text), print)
  } finally {
    await scope.close()
  }
}

function configuration({ feeds, sink, names, warnings }: Config): Group {
  const urls = feeds.reduce((sum, feed) => sum + (feed.urls?.length ?? 0), 0)
  const others = [...new Set(feeds.map((feed) => feed.sink))].filter((one) => one !== sink)
  const client = [`${settingName(names, 'KAFKA_CLIENT')} ${sink}`, ...others.map((one) => `sink ${one}`)].join(', ')
  const detail = `valid: ${counted(feeds.length, 'feed')}, ${counted(urls, 'URL')}, ${client}`
  const remarks = warnings.map((warning): Finding => {
    const { text, cure, setting, isIneffective } = warning
    return isIneffective ? misconfigured(warning) : { label: '', verdict: 'note', detail: text, cure, setting }
  })
  return { title: 'configuration', findings: Promise.resolve([{ label: '', verdict: 'ok', detail }, ...remarks]) }
}

function asFindings(error: unknown): Found[] {
  if (!(error instanceof ConfigError)) throw error
  return error.details.map((problem) => ({ ...misconfigured(problem), group: 'configuration' }))
}
