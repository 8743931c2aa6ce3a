/** What other compose files and scripts rely on in ours: names, port and conditions, as compose itself reads them. */
import { expect } from './check.ts'

/** The part of `compose config --format json` that matters here. */
export interface ComposeModel {
  readonly networks: Readonly<Record<string, { readonly name: string; readonly external?: boolean }>>
  readonly services: Readonly<Record<string, ComposeService>>
}

/** A service, with variables replaced. */
export interface ComposeService {
  readonly image: string
  readonly build?: object
  readonly restart?: string
  readonly healthcheck?: { readonly test?: readonly string[] }
  readonly volumes?: readonly { readonly type: string; readonly target: string }[]
  readonly container_name?: string
  readonly stop_grace_period?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly networks?: Readonly<Record<string, unknown>>
  readonly ports?: readonly { readonly target: number; readonly published: string; readonly host_ip?: string }[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

/** Throws unless the model, read without any variable set, keeps the names of the deployment that it replaces. */
export function expectContract({ networks, services }: ComposeModel): void {
  const names = [
    'kafka_initialiser',
    'data_synthesizer',
    'synthesizer1',
    'synthesizer2',
    'kafka_producer',
    'schema-registry',
  ]
  const missing = names.filter((name) => services[name] === undefined)
  expect(missing.length === 0, `services missing: ${missing.join(', ')}`)
  const producer = services.kafka_producer
  expect(producer?.container_name === 'kafka_producer', `the container is called ${producer?.container_name}`)
  const outside = Object.entries(services).filter(([, { networks: its = {} }]) => !('veramo_network' in its))
  expect(outside.length === 0, `not in veramo_network: ${outside.map(([name]) => name).join(', ')}`)
  expect(networks.veramo_network?.name === 'veramo_network', `the network is called ${networks.veramo_network?.name}`)
  const [port] = producer.ports ?? []
  const published = `${port?.host_ip ?? ''}:${port?.published}:${port?.target}`
  expect(published === '127.0.0.1:9000:9000', `the metrics port is published as ${published}`)
  const built = Object.entries(services).filter(([, { build }]) => build !== undefined)
  expect(built.length === 1, `built by ${built.map(([name]) => name).join(', ')}, where one is enough`)
  expect(producer.restart === 'on-failure:5', `a daemon that ends each time is restarted ${producer.restart}`)
  const asks = producer.healthcheck?.test?.at(-1)
  expect(asks === '/readyz', `the daemon is healthy when ${asks} says so, not /readyz`)
  const lanes = producer.volumes?.find(({ target }) => target === producer.environment?.LANE_DIR)
  expect(lanes?.type === 'volume', `the lanes in ${producer.environment?.LANE_DIR} are on a ${lanes?.type ?? 'layer'}`)
  for (const name of ['kafka_initialiser', 'data_synthesizer']) {
    const condition = producer.depends_on?.[name]?.condition
    expect(condition === 'service_healthy', `kafka_producer waits for ${name} to be ${condition}`)
  }
  const drain = Number.parseInt(producer.environment?.DRAIN_TIMEOUT ?? '', 10)
  const grace = Number.parseInt(producer.stop_grace_period ?? '', 10)
  expect(drain < grace, `DRAIN_TIMEOUT ${drain} s must be shorter than the grace period ${grace} s`)
}
