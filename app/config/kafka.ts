/** Kafka's settings put together, with the checks that span several of them. */
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import { belongTogether } from '../settings/formats/pem.ts'
import type { ValuesByName } from '../settings/setting.ts'
import type { Report } from './report.ts'
import type { kafkaSettings, securitySettings } from './tables/kafka.ts'
import type { KafkaConfig, SaslConfig, TlsConfig } from './types.ts'

type Kafka = ValuesByName<ReturnType<typeof kafkaSettings>>
type Security = ValuesByName<typeof securitySettings>

const TLS = ['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'] as const
const PASSWORD = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const
const OAUTH = [
  'KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL',
  'KAFKA_SASL_OAUTHBEARER_CLIENT_ID',
  'KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET',
] as const

/** What the checks share: the values, what the operator calls their settings, and where problems go. */
interface Looked {
  readonly security: Security
  readonly called: (name: string) => string
  readonly report: Report
}

/** Adds a problem for every combination that could not work or would be less safe than it looks. */
export function kafkaConfig(kafka: Kafka, security: Security, names: GivenNames, report: Report): KafkaConfig {
  const looked = { security, called: (name: string) => settingName(names, name), report }
  return {
    names,
    brokers: kafka.BOOTSTRAP_SERVERS ?? [],
    clientId: kafka.KAFKA_CLIENT_ID,
    tls: tlsConfig(looked),
    sasl: saslConfig(looked),
    requestTimeoutMs: kafka.KAFKA_REQUEST_TIMEOUT,
    connectTimeoutMs: kafka.KAFKA_CONNECT_TIMEOUT,
    compression: kafka.KAFKA_COMPRESSION,
  }
}

function tlsConfig(looked: Looked): TlsConfig | undefined {
  const { security, called, report } = looked
  const protocol = security.KAFKA_SECURITY_PROTOCOL
  const { KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = security
  if (!report.isClear('KAFKA_SECURITY_PROTOCOL', ...TLS)) return undefined
  if (protocol !== 'SSL' && protocol !== 'SASL_SSL') {
    const why = `${called('KAFKA_SECURITY_PROTOCOL')} is ${protocol}, without TLS`
    refuseUnused(TLS, why, 'set it to SSL or SASL_SSL', looked)
    return undefined
  }
  const [certificate, privateKey] = [called('KAFKA_SSL_CERT_FILE'), called('KAFKA_SSL_KEY_FILE')]
  if ((cert === undefined) !== (key === undefined)) {
    const given = cert === undefined ? privateKey : certificate
    report.wrong(given, `${certificate} and ${privateKey} go together`, 'set both or neither')
  } else if (cert !== undefined && key !== undefined && !belongTogether(cert, key)) {
    const problem = `${privateKey} does not hold the key of the certificate in ${certificate}`
    report.wrong(privateKey, problem, 'name two files that belong together')
  }
  return { ca, cert, key }
}

function saslConfig(looked: Looked): SaslConfig | undefined {
  const { security, called, report } = looked
  const { KAFKA_SECURITY_PROTOCOL: protocol, KAFKA_SASL_MECHANISM: mechanism } = security
  if (!report.isClear('KAFKA_SECURITY_PROTOCOL', 'KAFKA_SASL_MECHANISM')) return undefined
  if (protocol !== 'SASL_PLAINTEXT' || mechanism !== 'PLAIN') uselessConsent(looked)
  if (!protocol.startsWith('SASL_')) {
    const names = ['KAFKA_SASL_MECHANISM', ...PASSWORD, ...OAUTH] as const
    refuseUnused(
      names,
      `${called('KAFKA_SECURITY_PROTOCOL')} is ${protocol}`,
      'set it to SASL_SSL or SASL_PLAINTEXT',
      looked,
    )
    return undefined
  }
  if (mechanism === undefined) {
    const needed = `${called('KAFKA_SECURITY_PROTOCOL')}=${protocol} needs one`
    const problem = `KAFKA_SASL_MECHANISM is missing: ${needed}`
    report.wrong('KAFKA_SASL_MECHANISM', problem, 'set it, for example to SCRAM-SHA-512')
    return undefined
  }
  if (protocol === 'SASL_PLAINTEXT') checkUnencrypted(mechanism, looked)
  const [needed, others] = mechanism === 'OAUTHBEARER' ? [OAUTH, PASSWORD] : [PASSWORD, OAUTH]
  requireAll(needed, mechanism, looked)
  refuseUnused(others, `${called('KAFKA_SASL_MECHANISM')} is ${mechanism}`, 'remove it', looked)
  if (mechanism !== 'OAUTHBEARER') {
    return { mechanism, username: security.KAFKA_SASL_USERNAME ?? '', password: security.KAFKA_SASL_PASSWORD ?? '' }
  }
  return {
    mechanism,
    tokenEndpointUrl: security.KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL?.href ?? '',
    clientId: security.KAFKA_SASL_OAUTHBEARER_CLIENT_ID ?? '',
    clientSecret: security.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET ?? '',
  }
}

/** SCRAM never sends the password, so it may go without TLS. */
function checkUnencrypted(mechanism: string, { security, called, report }: Looked): void {
  const given = called('KAFKA_SASL_MECHANISM')
  if (mechanism === 'PLAIN' && !security.KAFKA_SASL_ALLOW_PLAINTEXT) {
    const problem = `${given}=PLAIN over SASL_PLAINTEXT sends the password unencrypted`
    report.wrong(given, problem, 'use SASL_SSL or SCRAM, or set KAFKA_SASL_ALLOW_PLAINTEXT=true')
  } else if (mechanism === 'PLAIN' || mechanism === 'OAUTHBEARER') {
    const problem = `${given}=${mechanism} over SASL_PLAINTEXT sends the secret unencrypted`
    report.note(called('KAFKA_SECURITY_PROTOCOL'), problem, 'SASL_SSL does not')
  }
}

/** A consent to something that is not done. */
function uselessConsent({ security, called, report }: Looked): void {
  if (!security.KAFKA_SASL_ALLOW_PLAINTEXT) return
  const given = called('KAFKA_SASL_ALLOW_PLAINTEXT')
  const problem = `${given} has no effect: it is for the mechanism PLAIN over SASL_PLAINTEXT`
  report.ineffective(given, problem, 'remove it')
}

function requireAll(names: readonly (keyof Security)[], mechanism: string, { security, called, report }: Looked): void {
  for (const name of names) {
    if (security[name] !== undefined || !report.isClear(name)) continue
    report.wrong(name, `${name} is missing: ${called('KAFKA_SASL_MECHANISM')}=${mechanism} needs it`, 'set it')
  }
}

function refuseUnused(
  unused: readonly (keyof Security)[],
  why: string,
  cure: string,
  { security, called, report }: Looked,
): void {
  for (const name of unused) {
    if (security[name] === undefined) continue
    const given = called(name)
    report.wrong(given, `${given} has no effect: ${why}`, cure)
  }
}
