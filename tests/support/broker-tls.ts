/** A broker's certificate, as its properties want it. */
import type { Identity } from './certificates.ts'

/** The key store of the listener with this name, in lower case. */
export function keyStore(listener: string, { cert, key }: Identity): Record<string, string> {
  const prefix = `listener.name.${listener}.ssl.keystore`
  return { [`${prefix}.type`]: 'PEM', [`${prefix}.certificate.chain`]: cert, [`${prefix}.key`]: key }
}
