/** The settings of one broker of ours. */

/** One more way in, besides the plaintext listener that is always there. */
export interface Listener {
  /** Upper case, as in the properties `listener.name.<name in lower case>.…`. */
  readonly name: string
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
  /** 0 or absent: a free one. */
  readonly port?: number
  /** `host:port` told to clients instead of the real one, for a proxy in between. */
  readonly advertised?: string
}

/** A broker's place in its cluster. */
export interface Membership {
  readonly nodeId: number
  /** What the node is; `broker,controller` unless told. */
  readonly role?: 'broker' | 'controller'
  /** Every controller with its port, this one included if it is one. */
  readonly voters: readonly { readonly nodeId: number; readonly port: number }[]
}

/** Everything that makes the file. Ports are settled by now. */
export interface BrokerSettings {
  readonly port: number
  readonly membership: Membership
  readonly listeners: readonly (Listener & { readonly port: number })[]
  readonly dataDir: string
  readonly extra: Readonly<Record<string, string>>
}

// Small where the defaults are made for big machines. The session is short so that a broker killed without a farewell is
// taken back at once when it returns (9 s otherwise).
const BASE = {
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'auto.create.topics.enable': 'false',
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '250',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'log.cleaner.dedupe.buffer.size': '8388608',
} as const

/** The text of `server.properties`. */
export function brokerProperties(settings: BrokerSettings): string {
  const { membership, listeners, port } = settings
  const controller = membership.voters.find((voter) => voter.nodeId === membership.nodeId)
  const all =
    membership.role === 'controller' ? [] : [{ name: 'PLAINTEXT', protocol: 'PLAINTEXT', port } as const, ...listeners]
  const bound = all.map((listener) => `${listener.name}://127.0.0.1:${listener.port}`)
  const told = all.map((one) => `${one.name}://${('advertised' in one && one.advertised) || `127.0.0.1:${one.port}`}`)
  const properties: Record<string, string> = {
    ...BASE,
    'process.roles': membership.role ?? 'broker,controller',
    'node.id': String(membership.nodeId),
    'controller.quorum.voters': membership.voters.map((voter) => `${voter.nodeId}@127.0.0.1:${voter.port}`).join(','),
    listeners: [...bound, ...(controller ? [`CONTROLLER://127.0.0.1:${controller.port}`] : [])].join(','),
    ...(told.length > 0 ? { 'advertised.listeners': told.join(',') } : {}),
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT',
      ...listeners.map(protocolOf),
      'CONTROLLER:PLAINTEXT',
    ].join(),
    'log.dirs': settings.dataDir,
    ...settings.extra,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escaped(value)}\n`)
    .join('')
}

function protocolOf({ name, protocol }: Listener): string {
  return `${name}:${protocol}`
}

/** As java.util.Properties reads it: a PEM file keeps its lines. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
