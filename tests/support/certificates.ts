/** X.509 certificates made here and now, so that tests need no tool for it (RFC 5280, as little of it as TLS asks for). */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'

/** PEM, as files would hold it. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** What to certify. `names` are host names or IPv4 addresses. */
export interface Wish {
  readonly commonName: string
  readonly names?: readonly string[]
  /** May sign others. */
  readonly authority?: boolean
  /** Days from now; default -1 and 30. */
  readonly fromDay?: number
  readonly toDay?: number
}

/** A new P-256 key and its certificate, signed by `issuer`, or by itself. */
export function certify(wish: Wish, issuer?: Identity): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const body = toBeSigned(wish, publicKey, issuer)
  const signature = sign('sha256', body, issuer?.key ?? key)
  const der = sequence(body, ECDSA_SHA256, bitString(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`, key }
}

const DAY_MS = 86_400_000
const ECDSA_SHA256 = der(0x30, oid('2a8648ce3d040302'))

function toBeSigned(wish: Wish, publicKey: KeyObject, issuer: Identity | undefined): Buffer {
  const own = name(wish.commonName)
  const issuerName = issuer ? name(commonNameOf(issuer)) : own
  const validity = sequence(time(wish.fromDay ?? -1), time(wish.toDay ?? 30))
  const spki = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
    type: 'spki',
    format: 'der',
  })
  const extensions = [extension('551d13', sequence(...(wish.authority ? [der(0x01, Buffer.from([0xff]))] : [])))]
  if (wish.names) extensions.push(extension('551d11', sequence(...wish.names.map(alternative))))
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]))
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  return sequence(version3, serial, ECDSA_SHA256, issuerName, validity, own, spki, der(0xa3, sequence(...extensions)))
}

function commonNameOf(issuer: Identity): string {
  return new X509Certificate(issuer.cert).subject.replace(/^CN=/, '')
}

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))
}

function alternative(host: string): Buffer {
  const isAddress = /^[\d.]+$/.test(host)
  return isAddress ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
}

function time(day: number): Buffer {
  const text = new Date(Date.now() + day * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(0x18, Buffer.from(text))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value))
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
