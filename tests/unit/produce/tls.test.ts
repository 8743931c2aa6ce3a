import { describe, expect, it } from '@jest/globals'
import { ConfigError } from '../../../app/errors.ts'
import { nodeTls } from '../../../app/produce/tls.ts'
import { certify } from '../../support/certificates.ts'

const authority = certify({ commonName: 'Authority', authority: true })
const client = certify({ commonName: 'client' }, authority)
const none = { ca: undefined, cert: undefined, key: undefined }

describe('nodeTls', () => {
  it('verifies always, wants TLS 1.2 at least, and leaves the trust store to the system where no authority is given', () => {
    expect(nodeTls(none)).toEqual({ minVersion: 'TLSv1.2', rejectUnauthorized: true })
    expect(nodeTls({ ca: authority.cert, ...client })).toEqual({
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ca: authority.cert,
      ...client,
    })
  })

  it.each([
    ['an authority that is no PEM', { ...none, ca: 'not a certificate' }],
    ['an authority that is broken', { ...none, ca: authority.cert.replace(/-\n.{20}/, '-\nx') }],
    ['a certificate that is no PEM', { ...none, cert: 'not a certificate', key: client.key }],
    ['a key of another certificate', { ...none, cert: client.cert, key: authority.key }],
  ])('refuses %s before anything is dialled, without showing it', (_, tls) => {
    const refused = expect.objectContaining({ problems: [expect.stringContaining('KAFKA_SSL')] })
    expect(() => nodeTls(tls)).toThrow(refused)
    expect(() => nodeTls(tls)).toThrow(ConfigError)
  })
})
