/** Hides and lists the secrets in URLs. */
import { decoded, looksLikeToken } from './secrets/token-like.ts'

/** Replaces a secret. */
export const HIDDEN = '***'

/** Which path segments are shown: all but apparent tokens, all, or none. */
export type UrlPaths = 'auto' | 'show' | 'hide'

/** `scheme://host:port/path?name=***`: hides the secrets from `secretsInUrl` and the fragment; keeps the names of query parameters. Never throws. */
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

/** The secrets of a URL, raw and decoded: user info, query values, and segments of the path by `paths`. Never throws. */
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
