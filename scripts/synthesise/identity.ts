/** An Ed25519 identity: its did:key, and JWTs signed by it. Uses node:crypto only, as images carry production packages alone. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const MULTICODEC_ED25519_PUBLIC = Buffer.from([0xed, 0x01])
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const JWT_HEADER = encodeSegment({ alg: 'EdDSA', typ: 'JWT' })

/** Someone who issues credentials. Signing costs about 50 µs; Ed25519 is deterministic, so texts repeat with the seed. */
export interface Identity {
  /** `did:key:z6Mk…` of the public key. */
  readonly did: string
  /** Compact JWS (header EdDSA, JWT) over the payload, which is serialised as it is. */
  signJwt(payload: Readonly<Record<string, unknown>>): string
  /** Bare Ed25519 signature of a text, base64url. */
  signText(text: string): string
}

/** The identity that belongs to a seed text. */
export function createIdentity(seed: string): Identity {
  return identityOf(createHash('sha256').update(`identity of ${seed}`).digest())
}

/** The identity of a 32-byte Ed25519 private key. */
export function identityOf(privateKey: Buffer): Identity {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, privateKey]), format: 'der', type: 'pkcs8' })
  const signText = (text: string) => sign(null, Buffer.from(text), key).toString('base64url')
  return {
    did: didOf(key),
    signText,
    signJwt: (payload) => {
      const signed = `${JWT_HEADER}.${encodeSegment(payload)}`
      return `${signed}.${signText(signed)}`
    },
  }
}

function didOf(key: KeyObject): string {
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  return `did:key:z${encodeBase58(Buffer.concat([MULTICODEC_ED25519_PUBLIC, raw]))}`
}

function encodeSegment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Base58 (Bitcoin's alphabet); the input here never begins with a zero byte, which would need a leading `1`. */
function encodeBase58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; number > 0n; number /= 58n) text = `${BASE58[Number(number % 58n)]}${text}`
  return text
}
