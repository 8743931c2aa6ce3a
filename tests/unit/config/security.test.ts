/** TLS and SASL for Kafka, authentication for the registry: good combinations, and the cure for the others. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect, it } from '@jest/globals'
import { directory, problems, read, warnings } from './environment.ts'
import { certificatePem, encryptedKeyPem, keyPem } from './pem-fixture.ts'

const files = directory()
afterAll(() => files.close())

const ca = files.write('ca.pem', certificatePem)
const cert = files.write('cert.pem', certificatePem)
const key = files.write('key.pem', keyPem)
const encrypted = files.write('encrypted.pem', encryptedKeyPem)
const otherKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
})
const other = files.write('other.pem', String(otherKey))
const junk = files.write('junk.pem', '-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n')

const scram = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: ' p ' }
const plain = { ...scram, KAFKA_SASL_MECHANISM: 'PLAIN' }
const oauth = {
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'https://login.test/token',
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: 'c',
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: 's',
}
const protocol = (name: string) => ({ KAFKA_SECURITY_PROTOCOL: name })

describe('the security of Kafka', () => {
  it.each([
    [protocol('ssl'), { tls: { ca: undefined, cert: undefined, key: undefined }, sasl: undefined }],
    [
      { ...protocol('SASL_PLAINTEXT'), ...scram },
      { tls: undefined, sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: ' p ' } },
    ],
    [
      { ...protocol('SASL_SSL'), ...plain },
      { sasl: { mechanism: 'PLAIN' }, tls: {} },
    ],
    [
      { ...protocol('SASL_SSL'), ...oauth },
      {
        sasl: {
          mechanism: 'OAUTHBEARER',
          tokenEndpointUrl: 'https://login.test/token',
          clientId: 'c',
          clientSecret: 's',
        },
      },
    ],
  ])('takes %j', (env, expected) => {
    const { kafka, warnings } = read(env)
    expect(kafka).toMatchObject(expected)
    expect(warnings).toEqual([])
  })

  it('reads the PEM files', () => {
    const env = { ...protocol('SSL'), KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key }
    expect(read(env).kafka.tls).toEqual({ ca: certificatePem.trim(), cert: certificatePem.trim(), key: keyPem.trim() })
  })

  it('allows PLAIN without TLS only when told to, with a warning', () => {
    const env = { ...protocol('SASL_PLAINTEXT'), ...plain }
    expect(problems(env)).toEqual([expect.stringContaining('set KAFKA_SASL_ALLOW_PLAINTEXT=true')])
    expect(warnings({ ...env, KAFKA_SASL_ALLOW_PLAINTEXT: 'true' })).toEqual([expect.stringContaining('unencrypted')])
  })

  it.each([
    [protocol('TLS'), 'KAFKA_SECURITY_PROTOCOL must be one of PLAINTEXT, SSL'],
    [protocol('SASL_SSL'), 'KAFKA_SASL_MECHANISM is missing'],
    [
      { ...protocol('SASL_SSL'), ...scram, KAFKA_SASL_USERNAME: undefined },
      'KAFKA_SASL_USERNAME is missing: KAFKA_SASL_MECHANISM=SCRAM-SHA-512',
    ],
    [{ ...protocol('SASL_SSL'), ...scram, KAFKA_SASL_PASSWORD: undefined }, 'KAFKA_SASL_PASSWORD is missing'],
    [
      { ...protocol('SASL_SSL'), ...oauth, KAFKA_SASL_OAUTHBEARER_CLIENT_ID: undefined },
      'KAFKA_SASL_OAUTHBEARER_CLIENT_ID is missing',
    ],
    [
      { ...protocol('SASL_SSL'), ...oauth, KAFKA_SASL_PASSWORD: 'p' },
      'KAFKA_SASL_PASSWORD has no effect: KAFKA_SASL_MECHANISM is OAUTHBEARER',
    ],
    [{ KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_SASL_PASSWORD has no effect: KAFKA_SECURITY_PROTOCOL is PLAINTEXT'],
    [{ KAFKA_SSL_CA_FILE: ca }, 'KAFKA_SSL_CA_FILE has no effect: KAFKA_SECURITY_PROTOCOL is PLAINTEXT'],
    [{ ...protocol('SSL'), KAFKA_SSL_CERT_FILE: cert }, 'KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE go together'],
    [
      { ...protocol('SSL'), KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: other },
      'does not hold the key of the certificate',
    ],
    [
      { ...protocol('SSL'), KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: encrypted },
      'KAFKA_SSL_KEY_FILE names a key that is encrypted',
    ],
    [{ ...protocol('SSL'), KAFKA_SSL_CA_FILE: key }, 'KAFKA_SSL_CA_FILE must name a file with PEM certificates'],
    [{ ...protocol('SSL'), KAFKA_SSL_CA_FILE: junk }, 'KAFKA_SSL_CA_FILE must name a file with PEM certificates'],
    [{ ...protocol('SSL'), KAFKA_SSL_CA_FILE: '/nowhere' }, 'KAFKA_SSL_CA_FILE names a file that cannot be read'],
  ])('refuses %j', (env, problem) => {
    expect(problems(env)).toContainEqual(expect.stringContaining(problem))
  })
})

describe('the registry', () => {
  it.each([
    [
      { SCHEMA_REGISTRY_URL: 'https://r:8081/apis/ccompat/v7/' },
      { url: 'https://r:8081/apis/ccompat/v7', basicAuth: undefined },
    ],
    [{ SCHEMA_REGISTRY_URL: 'https://us%40er:pa%3Ass@r/' }, { url: 'https://r', basicAuth: 'us@er:pa:ss' }],
    [{ SCHEMA_REGISTRY_URL: 'https://r', SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'u:p' }, { basicAuth: 'u:p' }],
    [{ SCHEMA_REGISTRY_URL: 'https://r', SCHEMA_REGISTRY_BEARER_TOKEN: 'abc.d' }, { bearerToken: 'abc.d' }],
    [{ SCHEMA_REGISTRY_URL: 'https://r', SCHEMA_REGISTRY_SSL_CA_FILE: ca }, { ca: certificatePem.trim() }],
    [
      { SCHEMA_REGISTRY_TIMEOUT: '3s', SCHEMA_REGISTRY_REFRESH: '5m' },
      { timeoutMs: 3000, refreshMs: 300_000 },
    ],
  ])('takes %j', (env, expected) => {
    const { registry, warnings } = read(env)
    expect(registry).toMatchObject(expected)
    expect(warnings).toEqual([])
  })

  it('gets a warning when a secret or an authority would be of no use over http', () => {
    expect(warnings({ SCHEMA_REGISTRY_URL: 'http://u:p@r' })).toEqual([expect.stringContaining('unencrypted')])
    expect(warnings({ SCHEMA_REGISTRY_SSL_CA_FILE: ca })).toEqual([expect.stringContaining('no effect')])
  })

  it.each([
    [{ SCHEMA_REGISTRY_URL: 'schema-registry:8081' }, 'SCHEMA_REGISTRY_URL must be an http:// or https:// URL'],
    [{ SCHEMA_REGISTRY_URL: 'https://u:p@r', SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'u:q' }, 'name different users'],
    [{ SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'u:p', SCHEMA_REGISTRY_BEARER_TOKEN: 't' }, 'are both set'],
    [
      { SCHEMA_REGISTRY_URL: 'https://u:p@r', SCHEMA_REGISTRY_BEARER_TOKEN: 't' },
      'user info in SCHEMA_REGISTRY_URL are both set',
    ],
    [{ SCHEMA_REGISTRY_URL: 'https://u:100%@r' }, 'write % as %25'],
    [{ SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'nocolon' }, 'must be user:password'],
    [{ SCHEMA_REGISTRY_BEARER_TOKEN: 'Bearer t' }, 'leave out the word Bearer'],
  ])('refuses %j', (env, problem) => {
    expect(problems(env)).toEqual([expect.stringContaining(problem)])
  })
})
