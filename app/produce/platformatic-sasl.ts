/** SASL in the words of @platformatic/kafka. */
import type { SaslConfig } from '../config/types.ts'
import { tokenRefusal, tokenSource } from './oauth.ts'

type Answered = (error: Error | null, answer: Buffer) => void

/** For the clients' option `sasl`. Tokens are fetched within `timeoutMs`. */
export function platformaticSasl(sasl: SaslConfig, ca: string | undefined, timeoutMs: number) {
  if (sasl.mechanism !== 'OAUTHBEARER') return { ...sasl }
  return {
    mechanism: sasl.mechanism,
    token: tokenSource(sasl, ca, timeoutMs),
    authBytesValidator: (answer: Buffer, done: Answered) => done(tokenRefusal(answer) ?? null, answer),
  }
}
