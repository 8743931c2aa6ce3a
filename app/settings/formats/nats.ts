/** Addresses of NATS servers. They may hold secrets, so no problem shows one: it says which item is meant. */
import { parseList } from '../../lib/list.ts'
import { type Format, format, refuse } from '../format.ts'
import { listOf } from './schemas.ts'

const USUAL_PORT = 4222

/** Where NATS is, and how to get in. */
export interface NatsServers {
  /** host:port, each once. */
  readonly hosts: readonly string[]
  readonly isEncrypted: boolean
  /** The user info of the URLs: a user with a password, or a token. */
  readonly user: { readonly name: string; readonly password: string } | { readonly token: string } | undefined
}

/** nats:// or tls:// URLs of one cluster. */
export const natsServers: Format<NatsServers, ''> = format(
  'a list of nats:// or tls:// URLs',
  (given) => {
    const items = parseList(given) ?? []
    if (items.length === 0) return undefined
    const urls = items.map(
      (item, index) =>
        urlOf(item) ??
        refuse(`must hold only URLs such as nats://host:4222 or tls://host:4222; item ${index + 1} is not one`),
    )
    if (new Set(urls.map(({ protocol }) => protocol)).size > 1)
      refuse('must hold either nats:// or tls:// URLs, not both')
    const users = new Set(urls.map(userInfo).filter((info) => info !== ''))
    if (users.size > 1) refuse('names different users; one connection has one')
    const [user] = users
    return {
      hosts: [...new Set(urls.map(({ hostname, port }) => `${hostname}:${port || USUAL_PORT}`))],
      isEncrypted: urls[0]?.protocol === 'tls:',
      user:
        user === undefined
          ? undefined
          : (userOf(user) ?? refuse('has user info that is not percent-encoded; write % as %25')),
    }
  },
  { shown: false, shape: 'list', schema: listOf({ type: 'string' }) },
)

/** Without a path: there is nothing for one to mean. */
function urlOf(item: string): URL | undefined {
  const url = URL.canParse(item) ? new URL(item) : undefined
  if (!url || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') return undefined
  return `${url.pathname.replace('/', '')}${url.search}${url.hash}` === '' ? url : undefined
}

function userInfo({ username, password }: URL): string {
  return password === '' ? username : `${username}:${password}`
}

function userOf(info: string): NatsServers['user'] {
  try {
    const [name = '', password] = info.split(':').map(decodeURIComponent)
    return password === undefined ? { token: name } : { name, password }
  } catch {
    return undefined
  }
}
