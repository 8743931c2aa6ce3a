/** What set-up hands to tear-down and to the tests. */
import type { Kafka } from '../../scripts/stack/kafka.ts'
import type { Registry } from '../../scripts/stack/registry.ts'

/** Holds the addresses as JSON, for the workers. */
export const STACK_VARIABLE = 'TRIBUTARY_TEST_STACK'

/** The two servers of a test run. */
export interface RunningStack {
  readonly kafka: Kafka
  readonly registry: Registry
}

/** Jest may load set-up and tear-down as separate copies of this module, hence the global. */
const shared = globalThis as { tributaryTestStack?: { running?: Promise<RunningStack> | undefined } }
shared.tributaryTestStack ??= {}
export const stackHolder = shared.tributaryTestStack
