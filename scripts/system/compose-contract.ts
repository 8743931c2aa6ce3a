/** What other compose files and scripts rely on in ours: names, port and conditions, as compose itself reads them. */
import { expect } from './check.ts'

/** The part of `compose config --format json` that matters here. */
export interface ComposeModel {
  readonly networks: Readonly<Record<string, { readonly name: string }>>
  readonly services: Readonly<Record<string, ComposeService>>
}

/** A service, with variables replaced. */
export interface ComposeService {
  readonly image: string
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
  expect(published === ':9000:9000', `the metrics port is published as ${published}`)
  for (const name of ['kafka_initialiser', 'data_synthesizer']) {
    const condition = producer.depends_on?.[name]?.condition
    expect(condition === 'service_healthy', `kafka_producer waits for ${name} to be ${condition}`)
  }
  const drain = Number.parseInt(producer.environment?.DRAIN_TIMEOUT ?? '', 10)
  const grace = Number.parseInt(producer.stop_grace_period ?? '', 10)
  expect(drain < grace, `DRAIN_TIMEOUT ${drain} s must be shorter than the grace period ${grace} s`)
}
