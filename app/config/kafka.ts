/** Kafka's settings put together, with the checks that span several of them. */
import { belongTogether } from './formats/pem.ts'
import type { Report } from './report.ts'
import type { Values } from './setting.ts'
import type { kafkaSettings, securitySettings } from './tables/kafka.ts'
import type { KafkaConfig, SaslConfig, TlsConfig } from './types.ts'

type Kafka = Values<ReturnType<typeof kafkaSettings>>
type Security = Values<typeof securitySettings>

const TLS = ['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'] as const
const PASSWORD = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const
const OAUTH = [
  'KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL',
  'KAFKA_SASL_OAUTHBEARER_CLIENT_ID',
  'KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET',
] as const

/** Adds a problem for every combination that could not work or would be less safe than it looks. */
export function kafkaConfig(kafka: Kafka, security: Security, report: Report): KafkaConfig {
  return {
    brokers: kafka.BOOTSTRAP_SERVERS ?? [],
    clientId: kafka.KAFKA_CLIENT_ID,
    tls: tlsConfig(security, report),
    sasl: saslConfig(security, report),
    requestTimeoutMs: kafka.KAFKA_REQUEST_TIMEOUT,
    connectTimeoutMs: kafka.KAFKA_CONNECT_TIMEOUT,
    compression: compression(kafka, report),
  }
}

function compression(
  { KAFKA_COMPRESSION: name, KAFKA_CLIENT: client }: Kafka,
  report: Report,
): KafkaConfig['compression'] {
  if (client === 'kafkajs' && (name === 'snappy' || name === 'lz4')) {
    report.problems.push(`KAFKA_COMPRESSION=${name} needs KAFKA_CLIENT=platformatic; kafkajs has gzip and zstd.`)
  }
  return name
}

function tlsConfig(security: Security, report: Report): TlsConfig | undefined {
  const protocol = security.KAFKA_SECURITY_PROTOCOL
  const { KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = security
  if (protocol !== 'SSL' && protocol !== 'SASL_SSL') {
    refuseUnused(
      TLS,
      security,
      `KAFKA_SECURITY_PROTOCOL is ${protocol}, without TLS; set it to SSL or SASL_SSL`,
      report,
    )
    return undefined
  }
  if ((cert === undefined) !== (key === undefined)) {
    report.problems.push('KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE go together; set both or neither.')
  } else if (cert !== undefined && key !== undefined && !belongTogether(cert, key)) {
    report.problems.push('KAFKA_SSL_KEY_FILE does not hold the key of the certificate in KAFKA_SSL_CERT_FILE.')
  }
  return { ca, cert, key }
}

function saslConfig(security: Security, report: Report): SaslConfig | undefined {
  const { KAFKA_SECURITY_PROTOCOL: protocol, KAFKA_SASL_MECHANISM: mechanism } = security
  if (!protocol.startsWith('SASL_')) {
    const names = ['KAFKA_SASL_MECHANISM', ...PASSWORD, ...OAUTH] as const
    refuseUnused(
      names,
      security,
      `KAFKA_SECURITY_PROTOCOL is ${protocol}; set it to SASL_SSL or SASL_PLAINTEXT`,
      report,
    )
    return undefined
  }
  if (mechanism === undefined) {
    report.problems.push(
      `KAFKA_SASL_MECHANISM is missing: KAFKA_SECURITY_PROTOCOL=${protocol} needs one, for example SCRAM-SHA-512.`,
    )
    return undefined
  }
  if (protocol === 'SASL_PLAINTEXT') checkUnencrypted(mechanism, security, report)
  const [needed, others] = mechanism === 'OAUTHBEARER' ? [OAUTH, PASSWORD] : [PASSWORD, OAUTH]
  requireAll(needed, security, `KAFKA_SASL_MECHANISM=${mechanism} needs it`, report)
  refuseUnused(others, security, `KAFKA_SASL_MECHANISM is ${mechanism}; remove it`, report)
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
function checkUnencrypted(mechanism: string, security: Security, report: Report): void {
  if (mechanism === 'PLAIN' && !security.KAFKA_SASL_ALLOW_PLAINTEXT) {
    report.problems.push(
      'KAFKA_SASL_MECHANISM=PLAIN over SASL_PLAINTEXT sends the password unencrypted; use SASL_SSL or SCRAM, or set KAFKA_SASL_ALLOW_PLAINTEXT=true.',
    )
  } else if (mechanism === 'PLAIN' || mechanism === 'OAUTHBEARER') {
    report.warnings.push(
      `KAFKA_SASL_MECHANISM=${mechanism} over SASL_PLAINTEXT sends the secret unencrypted; SASL_SSL does not.`,
    )
  }
}

function requireAll<K extends keyof Security>(
  names: readonly K[],
  security: Security,
  why: string,
  report: Report,
): void {
  const missing = names.filter((name) => security[name] === undefined)
  report.problems.push(...missing.map((name) => `${name} is missing: ${why}.`))
}

function refuseUnused<K extends keyof Security>(
  names: readonly K[],
  security: Security,
  why: string,
  report: Report,
): void {
  const unused = names.filter((name) => security[name] !== undefined)
  report.problems.push(...unused.map((name) => `${name} has no effect: ${why}.`))
}
