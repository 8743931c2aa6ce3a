/** wss upstreams: an authority the operator trusts, one nobody trusts, and a certificate of another host. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { WebSocketServer } from 'ws'
import { certify, type Identity } from '../support/certificates.ts'
import { startDaemon } from '../support/daemon.ts'
import { createTopic, readTopic, registerSchema } from '../support/stack.ts'
import { until } from '../support/until.ts'

const schema = { type: 'record', name: 'N', fields: [{ name: 'n', type: 'int' }] }
const folder = mkdtempSync(join(tmpdir(), 'tributary-tls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const authority = certify({ commonName: 'an authority', authority: true })
const authorityFile = join(folder, 'ca.pem')
writeFileSync(authorityFile, authority.cert)

/** A wss server that sends one document to whoever connects. */
async function secureUpstream({ cert, key }: Identity) {
  const https = createServer({ cert, key })
  const server = new WebSocketServer({ server: https })
  server.on('connection', (socket) => socket.send('{"n":1}'))
  server.on('error', () => {})
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
  return {
    port: (https.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate()
      https.closeAllConnections()
      await new Promise((resolve) => https.close(resolve))
    },
  }
}

async function feedOver(url: string) {
  const topic = await createTopic()
  await registerSchema(`${topic}-value`, schema)
  return { topic, env: { FEED_T_URLS: url, FEED_T_SCHEMA: topic } }
}

describe('a wss upstream', () => {
  it('is dialled when its authority is in NODE_EXTRA_CA_CERTS', async () => {
    await using upstream = await secureUpstream(certify({ commonName: 'localhost', names: ['localhost'] }, authority))
    const { topic, env } = await feedOver(`wss://localhost:${upstream.port}/`)
    await using _daemon = startDaemon({ ...env, NODE_EXTRA_CA_CERTS: authorityFile })
    expect(await readTopic(topic, 1)).toHaveLength(1)
  })

  it.each([
    ['whose authority is unknown', 'localhost', {}],
    ['whose certificate is for another host', 'elsewhere', { NODE_EXTRA_CA_CERTS: authorityFile }],
  ])('%s is refused with a reason, and nothing comes in', async (_what, host, trust) => {
    await using upstream = await secureUpstream(certify({ commonName: host, names: [host] }, authority))
    const { env } = await feedOver(`wss://localhost:${upstream.port}/`)
    await using daemon = startDaemon({ ...env, ...trust })
    await until(async () => (await daemon.feed('t')).sources[0]?.last_close !== undefined, { what: 'a refusal' })
    const { sources, ledger } = await daemon.feed('t')
    expect(sources[0]?.last_close).toMatchObject({ reason: 'tls' })
    expect(ledger.messages.received).toBe(0)
  })
})
