/** What an operator can do about a topic that cannot be written to, by what is in the way. */
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import type { TopicUse } from '../model.ts'

/** Where Kafka is said to be. */
export interface KafkaAddress {
  /** As configured. */
  readonly brokers: readonly string[]
  /** What the operator calls Kafka's settings. */
  readonly names?: GivenNames | undefined
}

interface Cure {
  readonly setting: string | undefined
  readonly cure: string
}

type Find = (topic: string, address: KafkaAddress, use: TopicUse | undefined) => Cure

const unreachable: Find = (_topic, { brokers, names }) => {
  const setting = settingName(names, 'BOOTSTRAP_SERVERS')
  const protocol = settingName(names, 'KAFKA_SECURITY_PROTOCOL')
  const cure = `check ${setting} (${brokers.join(',')}), ${protocol}, and that Kafka runs and can be reached from here`
  return { setting, cure }
}

const CURES: Partial<Record<UnavailableReason, Find>> = {
  connect: unreachable,
  timeout: unreachable,
  no_topic: (topic, { brokers }, use) => {
    const command = `kafka-topics.sh --bootstrap-server ${brokers.join(',')} --create --topic ${topic}`
    const holds = use && use.holds !== 'records' ? ` for ${use.holds}` : ''
    return { setting: use?.setting, cure: `create topic ${topic}${holds} (${command}), or ${instead(use)}` }
  },
  authentication: (_topic, { names }) => {
    const setting = settingName(names, 'KAFKA_SECURITY_PROTOCOL')
    return { setting, cure: `check ${setting}, KAFKA_SASL_… and KAFKA_SSL_…` }
  },
  authorization: (topic) => ({
    setting: undefined,
    cure: `let this user describe and write topic ${topic} (ACLs Describe and Write)`,
  }),
}

/** What to do where the topic shall not be created. */
function instead(use: TopicUse | undefined): string {
  if (!use) return 'correct its name'
  return use.holds === 'records' ? `correct ${use.setting}` : `unset ${use.setting}`
}

/** The same error with what to do about `topic`, unless it says so already. Other errors are returned as they are. */
export function withCure(error: unknown, topic: string, address: KafkaAddress, use?: TopicUse): unknown {
  if (!(error instanceof Unavailable) || error.cure !== undefined) return error
  const found = CURES[error.reason]?.(topic, address, use)
  return found
    ? new Unavailable(error.reason, error.problem, { ...found, settled: error.settled, cause: error })
    : error
}
