/** Row 51: faults at random, one after the other, for twenty minutes: memory and descriptors stay flat. */
import { setTimeout as sleep } from 'node:timers/promises'
import { growth } from '../growth.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const SECONDS = 20 * 60
const MIB = 1024 * 1024
/** Between the first third and the last one, by their medians: what V8 lets lie. What stays is looked at by `growth`. */
const GROWTH_BYTES = 128 * MIB
/** A tenth of the time something is wrong, and no fault lasts longer. */
const LONGEST_MS = 3_000
const QUIET_FOR = 9

type Fault = readonly [name: string, cause: (rig: Rig, forMs: number) => Promise<void>]

const FAULTS: readonly Fault[] = [
  [
    'broker frozen',
    async ({ site }, forMs) => {
      for (const { kafka } of site.brokers) kafka.pause()
      await sleep(forMs)
      for (const { kafka } of site.brokers) kafka.resume()
    },
  ],
  [
    'connections to the broker reset',
    async ({ site }) => {
      for (const { proxy } of site.brokers) proxy.reset()
    },
  ],
  [
    'answers of the broker late',
    async ({ site }, forMs) => {
      for (const { proxy } of site.brokers) proxy.set({ down: { latencyMs: 200 } })
      await sleep(forMs)
      for (const { proxy } of site.brokers) proxy.set({})
    },
  ],
  [
    'registry down',
    async ({ registry }, forMs) => {
      await registry.proxy.down()
      await sleep(forMs)
      await registry.proxy.up()
    },
  ],
  [
    'upstreams cut off',
    async ({ fault }) => {
      for (const socket of fault.sockets.values()) socket.terminate()
    },
  ],
  [
    'an upstream that closes in order',
    async ({ fault }) => {
      for (const socket of [...fault.sockets.values()].slice(0, 2)) socket.close(1001)
    },
  ],
  [
    'the daemon stopped',
    async ({ daemon, sampler }, forMs) => {
      sampler.paused = true
      daemon.signal('SIGSTOP')
      await sleep(forMs)
      daemon.signal('SIGCONT')
      sampler.paused = false
    },
  ],
]

export const row: Row = {
  number: 51,
  title: 'random faults for 20 minutes',
  clients: 'any',
  needs: { kafkaProxy: true, lane: 'disk' },
  env: { SCHEMA_REGISTRY_REFRESH: '1s', SCHEMA_REGISTRY_TIMEOUT: '1s' },
  expect: { duplicates: 'retries', lostTails: true },
  async inject(rig) {
    const until = performance.now() + rig.scaled(SECONDS)
    const caused = new Map<string, number>()
    while (performance.now() < until) {
      const [name, cause] = FAULTS[Math.floor(rig.random() * FAULTS.length)] ?? (FAULTS[0] as Fault)
      const forMs = rig.random() * LONGEST_MS
      await cause(rig, forMs)
      caused.set(name, (caused.get(name) ?? 0) + 1)
      await sleep(Math.min(QUIET_FOR * forMs, Math.max(0, until - performance.now())))
    }
    rig.findings.push({
      id: 'row',
      ok: caused.size > 1,
      detail: [...caused].map(([name, times]) => `${name} ${times} times`).join(', '),
    })
  },
  check(evidence, rig) {
    const { looks } = rig.sampler
    const third = Math.floor(looks.length / 3)
    const [first, last] = [looks.slice(0, third), looks.slice(-third)].map((part) => ({
      rss: median(part.map(({ rssBytes }) => rssBytes)),
      fds: median(part.map(({ fds }) => fds)),
    }))
    if (!first || !last || third === 0) return [{ id: 'I6', ok: false, detail: 'too few looks' }]
    const ok = last.rss - first.rss <= GROWTH_BYTES && last.fds - first.fds <= 10
    const mib = (bytes: number): number => Math.round(bytes / MIB)
    const detail = `${looks.length} looks: ${mib(first.rss)} MiB and ${first.fds} descriptors in the first third, ${mib(last.rss)} MiB and ${last.fds} in the last`
    return [{ id: 'I6', ok, detail }, growth(evidence)]
  },
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
