/** URLs without their secrets, and the secrets. */

const HIDDEN = '***'

/** `scheme://host:port/path?name=***`: user info, query values and fragment are gone, query names stay. Never throws. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host, pathname, search } = new URL(url)
  const query = parametersOf(search).map(({ name }) => (name ? `${name}=${HIDDEN}` : HIDDEN))
  return `${protocol}//${host}${pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

/** What of a URL that is dialled `redactUrl` hides, as it is sent: user info and query values. Never throws. */
export function secretsIn(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { username, password, search } = new URL(url)
  return [username, password, ...parametersOf(search).map(({ value }) => value)]
}

/** `text` with each of `secrets`, longest first, as `***`. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)
}

/** A parameter without a name may be a bare token: all of it is its value. */
function parametersOf(search: string): { readonly name: string; readonly value: string }[] {
  if (search.length <= 1) return []
  return search
    .slice(1)
    .split('&')
    .map((parameter) => {
      const end = parameter.indexOf('=')
      return { name: parameter.slice(0, Math.max(0, end)), value: parameter.slice(end + 1) }
    })
}
