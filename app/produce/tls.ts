/** Our TLS options in the words of node:tls. */
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { ConfigError } from '../errors.ts'
import type { TlsOptions } from './options.ts'

/** For `tls.connect`. TLS 1.2 at least; certificates are always verified. Throws `ConfigError` for material that is no PEM or does not match. */
export function nodeTls({ ca, cert, key }: TlsOptions): SecureContextOptions & { rejectUnauthorized: true } {
  const context: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
  try {
    createSecureContext(context)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ConfigError([
      `KAFKA_SSL_{CA,CERT,KEY}_FILE cannot be used${code}: give PEM files, the key belonging to the certificate`,
    ])
  }
  return { ...context, rejectUnauthorized: true }
}
