/** Where Kafka and the schema registry are, and how to get in. */
import { brokers, httpUrl } from '../../settings/formats/addresses.ts'
import { choice, flag, text } from '../../settings/formats/basic.ts'
import { duration } from '../../settings/formats/measures.ts'
import { certificates, privateKey } from '../../settings/formats/pem.ts'
import type { Settings } from '../../settings/setting.ts'
import type { Kinds } from '../kinds.ts'
import { helpOf } from './choosers.ts'

const token = text('a token without blanks; leave out the word Bearer', /^[\x21-\x7e]+$/)

/** Brokers, client and deadlines. Brokers are required by the sinks that need some. */
export const kafkaSettings = ({ sinks }: Pick<Kinds, 'sinks'>) =>
  ({
    BOOTSTRAP_SERVERS: {
      group: 'Kafka',
      format: brokers,
      help: `Kafka brokers to begin with.${notFor(sinks)}`,
      example: 'kafka:29092',
      required: true,
      aliases: ['KAFKA_BOOTSTRAP_SERVERS'],
    },
    KAFKA_CLIENT: {
      group: 'Kafka',
      format: choice(Object.keys(sinks)),
      help: `The way to Kafka. ${helpOf(sinks)}`,
      default: 'platformatic',
    },
    KAFKA_CLIENT_ID: {
      group: 'Kafka',
      format: text('a name of up to 249 letters, digits, dots, dashes and underscores', /^[A-Za-z0-9._-]{1,249}$/),
      help: "The client id that the brokers' logs and quotas show.",
      default: 'tributary',
    },
    KAFKA_COMPRESSION: {
      group: 'Kafka',
      format: choice(['none', 'gzip', 'snappy', 'lz4', 'zstd']),
      help: 'How record batches are compressed. Less network and disk, more CPU.',
      default: 'none',
      example: 'zstd',
    },
    KAFKA_REQUEST_TIMEOUT: {
      group: 'Kafka',
      format: duration(),
      help: 'How long a request may take before it is tried again. With kafkajs and a quota, longer than the broker throttles: a request given up meanwhile may be written twice.',
      default: '30s',
    },
    KAFKA_CONNECT_TIMEOUT: {
      group: 'Kafka',
      format: duration(),
      help: 'How long a connection to a broker may take.',
      default: '10s',
    },
  }) satisfies Settings

/** TLS and SASL. */
export const securitySettings = {
  KAFKA_SECURITY_PROTOCOL: {
    group: 'Kafka security',
    format: choice(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']),
    help: 'SSL encrypts, SASL authenticates.',
    default: 'PLAINTEXT',
  },
  KAFKA_SASL_MECHANISM: {
    group: 'Kafka security',
    format: choice(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']),
    help: 'How to authenticate; required with SASL_PLAINTEXT and SASL_SSL.',
    example: 'SCRAM-SHA-512',
  },
  KAFKA_SASL_USERNAME: {
    group: 'Kafka security',
    format: text('a user name'),
    help: 'For PLAIN and SCRAM.',
    example: 'tributary',
  },
  KAFKA_SASL_PASSWORD: {
    group: 'Kafka security',
    format: text('a password'),
    help: 'For PLAIN and SCRAM.',
    secret: true,
  },
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: {
    group: 'Kafka security',
    format: httpUrl,
    help: 'For OAUTHBEARER: where a token is fetched with the client credentials grant.',
    example: 'https://login.example.org/oauth2/token',
  },
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: {
    group: 'Kafka security',
    format: text('a client id'),
    help: 'For OAUTHBEARER.',
    example: 'tributary',
  },
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: {
    group: 'Kafka security',
    format: text('a client secret'),
    help: 'For OAUTHBEARER.',
    secret: true,
  },
  KAFKA_SASL_ALLOW_PLAINTEXT: {
    group: 'Kafka security',
    format: flag,
    help: 'Allows PLAIN over SASL_PLAINTEXT, which sends the password unencrypted.',
    default: 'false',
  },
  KAFKA_SSL_CA_FILE: {
    group: 'Kafka security',
    format: certificates,
    help: "PEM file with the authorities to trust instead of the system's.",
    example: '/run/secrets/ca.pem',
  },
  KAFKA_SSL_CERT_FILE: {
    group: 'Kafka security',
    format: certificates,
    help: 'PEM file with our certificate, for brokers that ask for one; needs KAFKA_SSL_KEY_FILE.',
    example: '/run/secrets/client.pem',
  },
  KAFKA_SSL_KEY_FILE: {
    group: 'Kafka security',
    format: privateKey,
    help: 'PEM file with the private key of that certificate.',
    example: '/run/secrets/client.key',
  },
} satisfies Settings

/** The Confluent-compatible schema registry. */
export const registrySettings = {
  SCHEMA_REGISTRY_URL: {
    group: 'Schema registry',
    format: httpUrl,
    help: 'Base URL of the registry; a path is kept. User info in it (user:password@) is used as basic authentication.',
    example: 'http://schema-registry:8081',
    required: true,
    secret: true,
  },
  SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: {
    group: 'Schema registry',
    format: text('user:password', /^[^:]+:.*$/s),
    help: 'Basic authentication.',
    secret: true,
  },
  SCHEMA_REGISTRY_BEARER_TOKEN: {
    group: 'Schema registry',
    format: token,
    help: 'Bearer authentication.',
    secret: true,
  },
  SCHEMA_REGISTRY_SSL_CA_FILE: {
    group: 'Schema registry',
    format: certificates,
    help: "PEM file with the authorities to trust instead of the system's.",
    example: '/run/secrets/registry-ca.pem',
  },
  SCHEMA_REGISTRY_TIMEOUT: {
    group: 'Schema registry',
    format: duration(),
    help: 'How long a request may take.',
    default: '10s',
  },
  SCHEMA_REGISTRY_REFRESH: {
    group: 'Schema registry',
    format: duration(),
    help: 'How often the latest versions are asked for; the last good schema stays in use meanwhile.',
    default: '60s',
  },
} satisfies Settings

function notFor(sinks: Kinds['sinks']): string {
  const others = Object.keys(sinks).filter((name) => !sinks[name]?.needs.includes('brokers'))
  return others.length > 0 ? ` Not needed where all feeds have the sink ${others.join(' or ')}.` : ''
}
