/** How sockets are read: in small pieces, in order, and not at all once they are paused. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { onread, READ, receiveTime } from '../../../app/dial/onread.ts'
import { until } from '../../support/until.ts'

const READ_BYTES = 65_536
const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => at % 251))
const server = createServer((socket) => void socket.on('error', () => {}).end(sent))
const open = (sockets = 10_000) =>
  connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', onread: onread(() => sockets) } as never)

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

describe('onread', () => {
  it('gives everything in order, in small pieces of their own memory, and tells which reads were full', async () => {
    const client = open()
    const pieces: Buffer[] = []
    let full = 0
    client.on('data', (piece) => pieces.push(piece as Buffer))
    client.on(READ, (isFull: boolean) => {
      if (isFull) full++
    })
    await once(client, 'end')
    client.destroy()
    expect(Buffer.concat(pieces).equals(sent)).toBe(true)
    expect(Math.max(...pieces.filter(({ length }) => length > 1_024).map(({ buffer }) => buffer.byteLength))).toBe(
      8_192,
    )
    expect(full).toBeGreaterThan(0)
    expect(full * READ_BYTES).toBeLessThanOrEqual(sent.length)
  })

  it.each([
    [1, 65_536],
    [1_000, 16_777],
  ])('gives larger pieces where there are %d sockets', async (sockets, most) => {
    const client = open(sockets)
    const pieces: Buffer[] = []
    client.on('data', (piece) => pieces.push(piece as Buffer))
    await once(client, 'end')
    client.destroy()
    expect(Buffer.concat(pieces).equals(sent)).toBe(true)
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(most)
  })

  it('says one receive time within a read, and the present one outside', async () => {
    const client = open()
    const reads: Set<number>[] = [new Set()]
    client.on('data', () => {
      // Longer than the resolution of the clock.
      for (const began = performance.now(); performance.now() - began < 1; );
      reads.at(-1)?.add(receiveTime())
    })
    client.on(READ, () => reads.push(new Set()))
    await once(client, 'end')
    expect(reads.slice(0, -1).map(({ size }) => size)).toEqual(reads.slice(0, -1).map(() => 1))
    expect(Math.max(...reads.flatMap((times) => [...times]))).toBeLessThan(receiveTime())
  })

  it('reads no more from a socket that was paused, and all of it later', async () => {
    const client = open()
    const pieces: Buffer[] = []
    client.on('data', (piece) => pieces.push(piece as Buffer))
    client.once(READ, () => client.pause())
    await until(() => client.isPaused(), { what: 'the first read' })
    const { bytesRead } = client
    for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
    expect(client.bytesRead).toBe(bytesRead)
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(bytesRead)
    const end = once(client, 'end')
    client.resume()
    await end
    client.destroy()
    expect(Buffer.concat(pieces).equals(sent)).toBe(true)
  })
})
