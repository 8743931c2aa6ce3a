/** Our TLS options in the words of node:tls. */
import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { TlsConfig } from '../config/types.ts'
import { ConfigError } from '../errors.ts'

/**
 * For `tls.connect`. TLS 1.2 at least; certificates are always verified. What `tls` holds is read whenever the options are, so that a
 * connection is made with what was renewed meanwhile. Throws `ConfigError` for material that is no PEM or does not match.
 */
export function nodeTls(tls: TlsConfig): SecureContextOptions & { rejectUnauthorized: true } {
  refuseUseless(tls)
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    get ca() {
      return tls.ca
    },
    get cert() {
      return tls.cert
    },
    get key() {
      return tls.key
    },
  }
}

/** Throws `ConfigError` for material that is no PEM or does not match. */
export function refuseUseless({ ca, cert, key }: TlsConfig): void {
  try {
    createSecureContext({ ca, cert, key })
    // An authority that cannot be read is left out by Node without a word.
    if (ca !== undefined) for (const one of certificatesOf(ca)) new X509Certificate(one)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ConfigError([
      `KAFKA_SSL_{CA,CERT,KEY}_FILE cannot be used${code}: give PEM files, the key belonging to the certificate`,
    ])
  }
}

function certificatesOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END[^-]*-----/g) ?? [pem]
}
