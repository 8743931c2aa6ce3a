/** The schema registry's settings put together: one way to authenticate, and no user info left in the URL. */
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import type { ValuesByName } from '../settings/setting.ts'
import type { Report } from './report.ts'
import type { registrySettings } from './tables/kafka.ts'
import type { RegistryConfig } from './types.ts'

type Registry = ValuesByName<typeof registrySettings>

/** `names`: what the operator calls them. */
export function registryConfig(values: Registry, names: GivenNames, report: Report): RegistryConfig {
  const url = values.SCHEMA_REGISTRY_URL
  const inUrl = url && userInfo(url, names, report)
  const given = values.SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO
  const basicAuth = given ?? inUrl
  const bearerToken = values.SCHEMA_REGISTRY_BEARER_TOKEN
  const ca = values.SCHEMA_REGISTRY_SSL_CA_FILE
  const called = {
    url: settingName(names, 'SCHEMA_REGISTRY_URL'),
    user: settingName(names, 'SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO'),
    token: settingName(names, 'SCHEMA_REGISTRY_BEARER_TOKEN'),
  }
  if (given !== undefined && inUrl !== undefined && given !== inUrl) {
    report.wrong(called.user, `${called.url} and ${called.user} name different users`, 'keep one of them')
  }
  if (basicAuth !== undefined && bearerToken !== undefined) {
    const basic = given === undefined ? `user info in ${called.url}` : called.user
    report.wrong(called.token, `${called.token} and ${basic} are both set`, 'keep one of them')
  }
  if (url?.protocol === 'http:') {
    if (ca !== undefined) {
      const name = settingName(names, 'SCHEMA_REGISTRY_SSL_CA_FILE')
      const problem = `${name} has no effect: ${called.url} is http://`
      report.ineffective(name, problem, 'use https://, or remove it')
    }
    if (basicAuth ?? bearerToken) {
      report.note(called.url, `the registry gets its secret unencrypted: ${called.url} is http://`, 'use https://')
    }
  }
  return {
    names,
    url: url ? `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '') : '',
    basicAuth,
    bearerToken,
    ca,
    timeoutMs: values.SCHEMA_REGISTRY_TIMEOUT,
    refreshMs: values.SCHEMA_REGISTRY_REFRESH,
  }
}

function userInfo(url: URL, names: GivenNames, report: Report): string | undefined {
  if (url.username === '' && url.password === '') return undefined
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  } catch {
    const setting = settingName(names, 'SCHEMA_REGISTRY_URL')
    const problem = `${setting} has user info that is not percent-encoded`
    report.wrong(setting, problem, 'write % as %25, or use SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO')
    return undefined
  }
}
