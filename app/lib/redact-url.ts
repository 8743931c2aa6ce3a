/** URLs without their secrets, and the secrets. */
import { decoded, looksLikeToken } from './secrets/token-like.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '***'

/** Which segments of a URL's path are shown: those that do not look like tokens, all, or none. */
export type UrlPaths = 'auto' | 'show' | 'hide'

/** `scheme://host:port/path?name=***`: what `secretsInUrl` names is hidden, and the fragment; the names of query parameters stay. Never throws. */
export function redactUrl(url: string, paths: UrlPaths): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host, pathname, search } = new URL(url)
  const path = pathname.split('/').map((segment) => (isSecret(segment, paths) ? HIDDEN : segment))
  const query = parametersOf(search).map(({ name }) => {
    const shown = isSecret(name, paths === 'show' ? 'show' : 'auto') ? HIDDEN : name
    return name ? `${shown}=${HIDDEN}` : HIDDEN
  })
  return `${protocol}//${host}${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

/** What a URL hides, as it is sent and decoded: user info, query values, and segments of the path by `paths`. Never throws. */
export function secretsInUrl(url: string, paths: UrlPaths): string[] {
  if (!URL.canParse(url)) return []
  const { username, password, pathname, search } = new URL(url)
  const segments = pathname.split('/').filter((segment) => isSecret(segment, paths))
  const parameters = parametersOf(search)
  const names = parameters.map(({ name }) => name).filter((name) => paths !== 'show' && looksLikeToken(name))
  const sent = [username, password, ...segments, ...names, ...parameters.map(({ value }) => value)]
  return sent.flatMap((one) => [one, decoded(one), decoded(one.replaceAll('+', ' '))])
}

function isSecret(segment: string, paths: UrlPaths): boolean {
  if (segment === '' || paths === 'show') return false
  return paths === 'hide' || looksLikeToken(segment)
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
