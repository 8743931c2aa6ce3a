/** Certificates and keys: the setting is a path, the value is the PEM text in that file. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readText } from '../files.ts'
import { type Format, refuse } from '../format.ts'

const PATH = { shown: false, shape: 'plain', schema: { type: 'string' }, isPath: true } as const

/** One or more certificates. */
export const certificates: Format<string, ''> = {
  ...PATH,
  expects: 'the path of a PEM file with certificates',
  parse: (path) => {
    const pem = pemTextOf(path)
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    const good = blocks.length > 0 && blocks.every((block) => succeeds(() => new X509Certificate(block)))
    return good ? pem : refuse('must name a file with PEM certificates (-----BEGIN CERTIFICATE-----)')
  },
}

/** A private key without a passphrase. */
export const privateKey: Format<string, ''> = {
  ...PATH,
  expects: 'the path of a PEM file with a private key',
  parse: (path) => {
    const pem = pemTextOf(path)
    if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem)) {
      refuse('names a key that is encrypted; store it without a passphrase, readable by this user only')
    }
    const good = pem.includes('-----BEGIN') && succeeds(() => createPrivateKey(pem))
    return good ? pem : refuse('must name a file with a PEM private key (-----BEGIN PRIVATE KEY-----)')
  },
}

/** Whether the first certificate of `cert` is that of `key`. */
export function belongTogether(cert: string, key: string): boolean {
  return succeeds(() => {
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) refuse('does not belong to the key')
  })
}

function pemTextOf(path: string): string {
  const content = readText(path.trim())
  return typeof content === 'string' ? content : refuse(`${content.predicate}; ${content.cure}`)
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
