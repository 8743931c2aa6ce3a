/** Our TLS options in the words of node:tls. */
import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { TlsConfig } from '../config/types.ts'
import { ConfigError } from '../errors.ts'

/** For `tls.connect`. TLS 1.2 at least; certificates are always verified. Throws `ConfigError` for material that is no PEM or does not match. */
export function nodeTls({ ca, cert, key }: TlsConfig): SecureContextOptions & { rejectUnauthorized: true } {
  const context: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
  try {
    createSecureContext(context)
    // An authority that cannot be read is left out by Node without a word.
    if (ca !== undefined) for (const one of certificatesOf(ca)) new X509Certificate(one)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ConfigError([
      `KAFKA_SSL_{CA,CERT,KEY}_FILE cannot be used${code}: give PEM files, the key belonging to the certificate`,
    ])
  }
  return { ...context, rejectUnauthorized: true }
}

function certificatesOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END[^-]*-----/g) ?? [pem]
}
