/** SASL in the words of kafkajs. Its own OAUTHBEARER does not see that a token was refused, so that one is ours. */
import type { OauthConfig, SaslConfig, TlsConfig } from '../config/types.ts'
import { tokenRefusal, tokenSource } from './oauth.ts'

type Mechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'

/** One shape for each mechanism, as kafkajs tells them apart. */
type Login<M = Mechanism> = M extends Mechanism
  ? { readonly mechanism: M; readonly username: string; readonly password: string }
  : never

interface Provided {
  readonly mechanism: string
  readonly authenticationProvider: (args: { saslAuthenticate: Authenticate }) => { authenticate(): Promise<void> }
}

/** How kafkajs exchanges one message. Both ways the bytes begin with their length. */
type Authenticate = (exchange: {
  request: { encode(): Buffer }
  response: { decode(raw: Buffer): Buffer; parse(data: Buffer): unknown }
}) => Promise<unknown>

/** For `new Kafka({ sasl })`. Tokens are fetched within `timeoutMs`. */
export function kafkajsSasl(sasl: SaslConfig, tls: TlsConfig | undefined, timeoutMs: number): Login | Provided {
  if (sasl.mechanism === 'OAUTHBEARER') return bearer(sasl, tls, timeoutMs)
  return {
    mechanism: sasl.mechanism.toLowerCase(),
    get username() {
      return sasl.username
    },
    get password() {
      return sasl.password
    },
  } as Login
}

function bearer(sasl: OauthConfig, tls: TlsConfig | undefined, timeoutMs: number): Provided {
  const token = tokenSource(sasl, tls, timeoutMs)
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        // RFC 7628 §3.1: no authorisation id, the token, no extensions.
        const first = withLength(Buffer.from(`n,,\u0001auth=Bearer ${await token()}\u0001\u0001`))
        const refusal = await saslAuthenticate({
          request: { encode: () => first },
          response: { decode: (raw) => raw.subarray(LENGTH_BYTES), parse: tokenRefusal },
        })
        if (refusal) throw refusal
      },
    }),
  }
}

const LENGTH_BYTES = 4

function withLength(bytes: Buffer): Buffer {
  const whole = Buffer.alloc(LENGTH_BYTES + bytes.length)
  whole.writeInt32BE(bytes.length)
  bytes.copy(whole, LENGTH_BYTES)
  return whole
}
