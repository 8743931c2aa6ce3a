/** What of a dial is nobody's business, where a peer says it back: in the reason of a close, or through an error. */

/** What is shorter is more likely a word that means something else as well. */
const LEAST_LENGTH = 4
const HIDDEN = '***'

/** User info, query values and header values, as they were sent and decoded; of `Bearer x` and its like `x`, too. */
export function secretsOf(url: string, headers: Readonly<Record<string, string>>): string[] {
  const { username, password, search } = URL.canParse(url) ? new URL(url) : { username: '', password: '', search: '' }
  const values = search
    .slice(1)
    .split('&')
    .map((parameter) => parameter.slice(parameter.indexOf('=') + 1))
  const words = Object.values(headers).flatMap((value) => [value, ...value.split(' ').slice(1)])
  const sent = [username, password, ...values, ...words]
  const all = new Set([...sent, ...sent.map(decoded)].filter(({ length }) => length >= LEAST_LENGTH))
  // The longest first: one may be a part of another.
  return [...all].sort((a, b) => b.length - a.length)
}

/** `text` with each of `secrets`, longest first, as `***`. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}
