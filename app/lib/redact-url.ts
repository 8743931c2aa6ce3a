/** URLs without their secrets. */

/** `scheme://host:port/path?name=***`: user info, query values and fragment are gone, query names stay. Never throws. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host, pathname, search } = new URL(url)
  return `${protocol}//${host}${pathname}${redactQuery(search)}`
}

function redactQuery(search: string): string {
  if (search.length <= 1) return ''
  return `?${search.slice(1).split('&').map(redactParameter).join('&')}`
}

/** A parameter without a name may be a bare token: all of it goes. */
function redactParameter(parameter: string): string {
  const end = parameter.indexOf('=')
  return end > 0 ? `${parameter.slice(0, end)}=***` : '***'
}
