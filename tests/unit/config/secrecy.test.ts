/** No problem and no warning ever shows a secret, wherever it stands and whatever else is wrong. */
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../../app/config/index.ts'
import { base, directory, kinds, problems, read } from './environment.ts'

const CANARY = 'c4n4ry'
const files = directory()
afterAll(() => files.close())

/** A secret in each place that may hold one, most of them wrong at the same time. */
const places: Record<string, string> = {
  BOOTSTRAP_SERVERS: `user:${CANARY}@kafka`,
  KAFKA_SASL_PASSWORD: CANARY,
  KAFKA_SASL_USERNAME: CANARY,
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: `${CANARY}://x`,
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: CANARY,
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: CANARY,
  KAFKA_SSL_KEY_FILE: files.write('key', CANARY),
  KAFKA_SSL_CA_FILE: files.write('ca', `-----BEGIN CERTIFICATE-----\n${CANARY}\n-----END CERTIFICATE-----`),
  SCHEMA_REGISTRY_URL: `htp://user:${CANARY}@r`,
  SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: CANARY,
  SCHEMA_REGISTRY_BEARER_TOKEN: `Bearer ${CANARY}`,
  FEED_T_URLS: `wss://a/?token=${CANARY}#x,htp://u:${CANARY}@b,[${CANARY}`,
  FEED_T_OPEN_MESSAGES: `{"api_key":"${CANARY}"`,
  FEED_T_HEADERS: `{"Authorization":"${CANARY}\\n"}`,
  FEED_T_KEY: CANARY,
  METRICS_PORT_FILE: files.write('port', CANARY),
  FEED_T_HEADER: CANARY,
  KAFKA_SASL_PASWORD: CANARY,
}

describe('a secret', () => {
  it.each(Object.keys(places))('in %s is not shown', (name) => {
    const told = problems({ [name]: places[name], LINGER: 'wrong' })
    expect(told).toContainEqual(expect.stringContaining('LINGER must be'))
    expect(told.join('\n')).not.toContain(CANARY)
  })

  it('is not shown when it stands everywhere at once, nor by the error itself', () => {
    let thrown: unknown
    try {
      readConfig({ ...base, ...places }, kinds)
    } catch (error) {
      thrown = error
    }
    expect(inspect(thrown, { depth: 10 })).toContain('FEED_T_HEADERS')
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain(CANARY)
  })

  it('is not shown by a warning', () => {
    const { warnings } = read({
      SCHEMA_REGISTRY_URL: `http://u:${CANARY}@r`,
      FEED_T_URLS: `ws://a/?t=${CANARY},ws://a/?t=${CANARY}`,
      KAFKA_SASL_PASWORD: CANARY,
    })
    expect(warnings).toHaveLength(3)
    expect(warnings.join('\n')).not.toContain(CANARY)
  })
})
