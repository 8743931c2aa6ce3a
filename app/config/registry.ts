/** The schema registry's settings put together: one way to authenticate, and no user info left in the URL. */
import type { Report } from './report.ts'
import type { Values } from './setting.ts'
import type { registrySettings } from './tables/kafka.ts'
import type { RegistryConfig } from './types.ts'

type Registry = Values<typeof registrySettings>

export function registryConfig(values: Registry, report: Report): RegistryConfig {
  const url = values.SCHEMA_REGISTRY_URL
  const inUrl = url && userInfo(url, report)
  const given = values.SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO
  const basicAuth = given ?? inUrl
  const bearerToken = values.SCHEMA_REGISTRY_BEARER_TOKEN
  const ca = values.SCHEMA_REGISTRY_SSL_CA_FILE
  if (given !== undefined && inUrl !== undefined && given !== inUrl) {
    report.problems.push(
      'SCHEMA_REGISTRY_URL and SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO name different users; keep one of them.',
    )
  }
  if (basicAuth !== undefined && bearerToken !== undefined) {
    const basic = given === undefined ? 'user info in SCHEMA_REGISTRY_URL' : 'SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO'
    report.problems.push(`SCHEMA_REGISTRY_BEARER_TOKEN and ${basic} are both set; keep one of them.`)
  }
  if (url?.protocol === 'http:') {
    if (ca !== undefined)
      report.warnings.push('SCHEMA_REGISTRY_SSL_CA_FILE has no effect: SCHEMA_REGISTRY_URL is http://.')
    if (basicAuth ?? bearerToken)
      report.warnings.push('The registry gets its secret unencrypted: SCHEMA_REGISTRY_URL is http://.')
  }
  return {
    url: url ? `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '') : '',
    basicAuth,
    bearerToken,
    ca,
    timeoutMs: values.SCHEMA_REGISTRY_TIMEOUT,
    refreshMs: values.SCHEMA_REGISTRY_REFRESH,
  }
}

function userInfo(url: URL, report: Report): string | undefined {
  if (url.username === '' && url.password === '') return undefined
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  } catch {
    report.problems.push(
      'SCHEMA_REGISTRY_URL has user info that is not percent-encoded; write % as %25, or use SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO.',
    )
    return undefined
  }
}
