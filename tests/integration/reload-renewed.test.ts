// Certificates and credentials are renewed on disk: new connections use them, and nothing else is kept from changing.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { certify, type Identity } from '../support/certificates.ts'
import { startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { stack } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const authority = certify({ commonName: 'Authority', authority: true })
const stranger = certify({ commonName: 'Former Authority', authority: true })
const server = certify({ commonName: 'registry', names: ['127.0.0.1'] }, authority)
const PASSWORD = 'n3w-p4ssw0rd'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renewed-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The registry over TLS, for whoever knows the password. */
async function secureRegistry(identity: Identity) {
  const authorization = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`
  const front = createServer(identity, async (request, response) => {
    if (request.headers.authorization !== authorization) return response.writeHead(401).end()
    const { origin, pathname } = new URL(stack().registryUrl)
    const answer = await fetch(`${origin}${pathname.replace(/\/$/, '')}${request.url}`)
    return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      front.closeAllConnections()
      await new Promise((resolve) => front.close(resolve))
    },
  }
}

it('an authority and a password of the registry, while a feed comes', async () => {
  await using registry = await secureRegistry(server)
  await using one = await startUpstream()
  await using two = await startUpstream()
  const { topic } = await topicFor('TradeEvent')
  const file = (name: string): string => join(folder, name)
  const write = async (name: string, content: string): Promise<void> => {
    await writeFile(file(`${name}.new`), content)
    await rename(file(`${name}.new`), file(name))
  }
  const config = (...more: string[]): string =>
    [
      `schema_registry_url: ${registry.url}`,
      `schema_registry_ssl_ca_file: ${file('ca.pem')}`,
      `schema_registry_basic_auth_user_info_file: ${file('user')}`,
      'feeds:',
      `  one: {urls: "${one.url}", schema: ${topic}}`,
      ...more,
      '',
    ].join('\n')
  await write('ca.pem', stranger.cert)
  await write('user', 'user:old')
  await write('tributary.yaml', config())
  await using daemon = startDaemon({ TRIBUTARY_CONFIG: file('tributary.yaml'), SCHEMA_REGISTRY_URL: undefined })
  await daemon.said('feed one cannot start yet')

  await write('ca.pem', 'no certificate')
  await daemon.said(/refused.*schema_registry_ssl_ca_file/)
  await write('ca.pem', authority.cert)
  await daemon.said(/read again: .*registry.*from the next connection on/)
  await daemon.said(/feed one cannot start yet.*(401|credentials|authenticat)/i)
  await write('user', `user:${PASSWORD}`)
  await one.connection(1)
  await write('tributary.yaml', config(`  two: {urls: "${two.url}", schema: ${topic}}`))
  await two.connection(1)
  one.sendAll(tradeText('1'))
  two.sendAll(tradeText('2'))
  await settled(daemon, 'one', 1)
  await settled(daemon, 'two', 1)
  expect(daemon.stdout).not.toContain(PASSWORD)
  expect(await daemon.stop()).toEqual({ code: 0, signal: null })
}, 60_000)
