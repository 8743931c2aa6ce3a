/** SASL in the words of @platformatic/kafka. */
import type { SaslConfig, TlsConfig } from '../config/types.ts'
import { tokenRefusal, tokenSource } from './oauth.ts'

type Answered = (error: Error | null, answer: Buffer) => void

/** For the clients' option `sasl`. Tokens are fetched within `timeoutMs`. */
export function platformaticSasl(sasl: SaslConfig, tls: TlsConfig | undefined, timeoutMs: number) {
  if (sasl.mechanism !== 'OAUTHBEARER')
    return { mechanism: sasl.mechanism, username: () => sasl.username, password: () => sasl.password }
  return {
    mechanism: sasl.mechanism,
    token: tokenSource(sasl, tls, timeoutMs),
    authBytesValidator: (answer: Buffer, done: Answered) => done(tokenRefusal(answer) ?? null, answer),
  }
}
