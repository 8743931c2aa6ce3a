/** Jest's global set-up: one real Kafka and one real registry for all tests of the run. */
import { startKafka } from '../../scripts/stack/kafka.ts'
import { startRegistry } from '../../scripts/stack/registry.ts'
import { type RunningStack, STACK_VARIABLE, stackHolder } from './stack-holder.ts'

/** Starts both at once, unless another project of this run has; the workers read the addresses from their environment. */
export default async function setup(): Promise<void> {
  stackHolder.running ??= start()
  const { kafka, registry } = await stackHolder.running
  process.env[STACK_VARIABLE] = JSON.stringify({ bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url })
}

async function start(): Promise<RunningStack> {
  const [kafka, registry] = await Promise.all([startKafka(), startRegistry()])
  return { kafka, registry }
}
