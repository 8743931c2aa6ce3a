/** `tributary check`: looks at everything that a run depends on, without running. */
import type { Config } from '../config/types.ts'
import { Scope } from '../lib/scope.ts'
import { sleep } from '../lib/sleep.ts'
import { checkFeeds } from './feeds.ts'
import { type Finding, type Group, groupLines } from './finding.ts'
import { checkKafka } from './kafka.ts'
import { checkRegistry } from './registry.ts'

type Print = (line: string) => void

/** What is known by then is shown in the usual order, what comes later as it comes; milliseconds. */
const IN_ORDER_MS = 1_500

/**
 * Reaches Kafka, the registry and every URL at once, and prints by group what is right and what is wrong with the cure.
 * Each look has a deadline of its own, and a late one holds up nothing but its group. Resolves to how many things are
 * wrong; rejects with `ConfigError` for TLS material that cannot be used, and for a bug of ours.
 */
export async function check(config: Config, say: Print): Promise<number> {
  const print: Print = (line) => say(config.secrets.hideAll(line))
  const scope = new Scope()
  try {
    const groups = [
      configuration(config),
      await checkKafka(config, scope),
      checkRegistry(config, scope),
      ...(await checkFeeds(config)),
    ]
    const found = await show(groups, print)
    const wrong = found.filter(({ verdict }) => verdict === 'wrong').length
    print(wrong === 0 ? 'Nothing is wrong.' : `${counted(wrong, 'thing')} wrong; each arrow says what to do.`)
    return wrong
  } finally {
    await scope.close()
  }
}

async function show(groups: readonly Group[], print: Print): Promise<Finding[]> {
  const found: Finding[] = []
  const shown = new Set<Group>()
  const known = new Map<Group, readonly Finding[]>()
  const coming = groups.map(async (group) => void known.set(group, await group.findings))
  const showKnown = (): void => {
    for (const group of groups) {
      const findings = known.get(group)
      if (!findings || shown.has(group)) continue
      shown.add(group)
      found.push(...findings)
      for (const line of groupLines(group.title, findings)) print(line)
    }
  }
  const early = new AbortController()
  const all = Promise.all(coming).finally(() => early.abort())
  await Promise.race([all, sleep(IN_ORDER_MS, early.signal)])
  showKnown()
  await Promise.all(coming.map((one) => one.then(showKnown)))
  return found
}

function configuration({ feeds, sink, warnings }: Config): Group {
  const urls = feeds.reduce((sum, feed) => sum + feed.urls.length, 0)
  const detail = `valid: ${counted(feeds.length, 'feed')}, ${counted(urls, 'URL')}, KAFKA_CLIENT ${sink}`
  const notes = warnings.map((warning): Finding => ({ label: '', verdict: 'note', detail: warning }))
  return { title: 'configuration', findings: Promise.resolve([{ label: '', verdict: 'ok', detail }, ...notes]) }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
