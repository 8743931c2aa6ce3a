/** Jest's global tear-down: stops what stack-setup.ts started. */
import { stackHolder } from './stack-holder.ts'

/** Stops both; the second project of a run finds nothing left to stop. */
export default async function teardown(): Promise<void> {
  const running = await stackHolder.running
  stackHolder.running = undefined
  await Promise.all([running?.kafka.stop(), running?.registry.stop()])
}
