/** The servers that rows share, each started when the first row asks for it: one broker, a cluster of three, the registry. */
import { startCluster } from '../../scripts/stack/cluster.ts'
import { type Kafka, type KafkaOptions, startKafka } from '../../scripts/stack/kafka.ts'
import type { Listener } from '../../scripts/stack/kafka-properties.ts'
import { type Registry, startRegistry } from '../../scripts/stack/registry.ts'
import { startProxy, type TcpProxy } from '../support/proxy.ts'

/** One broker and the proxy in front of its second listener. */
export interface Broker {
  readonly kafka: Kafka
  readonly proxy: TcpProxy
}

/** A Kafka as rows see it. Node ids are 1, 2, … in the order of `brokers`. */
export interface Site {
  readonly brokers: readonly Broker[]
  /** Straight to the brokers; clients that come this way are told the brokers' own addresses. */
  readonly direct: string
  /** Through the proxies; clients that come this way are told the proxies' addresses. */
  readonly proxied: string
  /** Everything runs and passes again. */
  restore(): Promise<void>
}

/** The registry, and the proxy that the daemon is sent through. */
export interface RegistrySite {
  readonly registry: Registry
  readonly proxy: TcpProxy
  readonly direct: string
  readonly proxied: string
}

/** What all rows stand on. */
export interface Ground {
  /** `own` is one broker with these options for one row; its `stop` is the row's. */
  kafka(which: 'one' | 'three' | KafkaOptions): Promise<Site & { stop(): Promise<void> }>
  registry(): Promise<RegistrySite>
  stop(): Promise<void>
}

const PROXY = 'PROXY'

/** A ground with nothing on it yet. */
export function openGround(): Ground {
  const shared = new Map<'one' | 'three', Promise<Owned>>()
  let registry: Promise<RegistrySite> | undefined
  return {
    async kafka(which) {
      if (typeof which === 'object') return startOne(which)
      const started = shared.get(which) ?? (which === 'one' ? startOne({}) : startThree())
      shared.set(which, started)
      const site = await started
      return { ...site, stop: site.restore }
    },
    registry() {
      registry ??= startProxiedRegistry()
      return registry
    },
    async stop() {
      for (const started of shared.values()) await (await started.catch(() => undefined))?.stop()
      const site = await registry?.catch(() => undefined)
      await site?.proxy.close()
      await site?.registry.stop()
    },
  }
}

type Owned = Site & { stop(): Promise<void> }

function listenerBehind(proxy: TcpProxy): Listener {
  return { name: PROXY, protocol: 'PLAINTEXT', advertised: proxy.address }
}

async function startOne(options: KafkaOptions): Promise<Owned> {
  const proxy = await startProxy()
  const kafka = await startKafka({ ...options, listeners: [listenerBehind(proxy), ...(options.listeners ?? [])] })
  return siteOf([{ kafka, proxy }], () => kafka.stop())
}

async function startThree(): Promise<Owned> {
  const proxies = await Promise.all([startProxy(), startProxy(), startProxy()])
  const cluster = await startCluster(proxies.length, (nodeId) => ({
    listeners: [listenerBehind(proxies[nodeId - 1] as TcpProxy)],
  }))
  const brokers = cluster.brokers.map((kafka, at) => ({ kafka, proxy: proxies[at] as TcpProxy }))
  return siteOf(brokers, () => cluster.stop())
}

function siteOf(brokers: readonly Broker[], stopKafka: () => Promise<void>): Owned {
  for (const { kafka, proxy } of brokers) proxy.target = Number(kafka.listeners[PROXY]?.split(':')[1])
  return {
    brokers,
    direct: brokers.map(({ kafka }) => kafka.bootstrapServers).join(),
    proxied: brokers.map(({ proxy }) => proxy.address).join(),
    async restore() {
      for (const { kafka, proxy } of brokers) {
        proxy.set({})
        proxy.reset()
        await proxy.up()
        kafka.resume()
        if (!kafka.running) await kafka.restart()
      }
    },
    async stop() {
      await Promise.all(brokers.map(({ proxy }) => proxy.close()))
      await stopKafka()
    },
  }
}

async function startProxiedRegistry(): Promise<RegistrySite> {
  const registry = await startRegistry()
  const proxy = await startProxy(registry.port)
  return { registry, proxy, direct: registry.url, proxied: registry.url.replace(/:\d+\//, `:${proxy.port}/`) }
}
