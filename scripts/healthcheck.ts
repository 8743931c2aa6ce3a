/** The container's health check: exit 0 if the address answers with a 2xx. Given a path, it is one of the daemon's; without anything, its /healthz. */
import { request } from 'node:http'
import { metricsAddress } from '../app/config/metrics-address.ts'
import { USUAL_FILE } from '../app/config/tables/source.ts'

const TIMEOUT_MS = 3_000
const ANY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

function ownAddress(path: string): string {
  const { host: listening, port } = metricsAddress({ env: process.env, usualFile: USUAL_FILE })
  const host = ANY[listening] ?? listening
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}

const [, , asked = '/healthz'] = process.argv
const url = asked.startsWith('/') ? ownAddress(asked) : asked

/** Docker keeps what is printed here, and shows it with `docker inspect`. */
function end(healthy: boolean, answer: string): never {
  console.log(`${url}: ${answer}`)
  process.exit(healthy ? 0 : 1)
}

request(url, { timeout: TIMEOUT_MS }, ({ statusCode = 0 }) =>
  end(statusCode >= 200 && statusCode < 300, `${statusCode}`),
)
  .on('timeout', () => end(false, `no answer in ${TIMEOUT_MS / 1000} s`))
  .on('error', (error) => end(false, error.message))
  .end()
