/** Upstreams that break the protocol: each ends in `SourceLost`, and the process lives on in bounded memory. */
import type { Socket } from 'node:net'
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import type { WebSocketOptions } from '../../app/dial/options.ts'
import { texts } from '../support/messages.ts'
import { type Life, live, sourceOf } from '../support/upstream-client.ts'
import { frame, startRawUpstream, switching } from '../support/upstream-raw.ts'

const TEXT = 0x81
const RSV1 = 0x40
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
const MIB = 1024 * 1024

/** What becomes of a source whose upstream says `after` right after a good handshake and one good message. */
async function meet(
  after: Buffer | ((socket: Socket) => void),
  options: Partial<WebSocketOptions> = {},
): Promise<Life> {
  await using upstream = await startRawUpstream((socket, head) => {
    socket.write(switching(head, options.compression ? DEFLATE : ''))
    socket.write(frame(TEXT, Buffer.from('good')))
    if (typeof after === 'function') after(socket)
    else socket.write(after)
  })
  return await live(sourceOf(upstream.url, options))
}

/** `bytes` zeros as a compressed message. */
function bomb(bytes: number): Buffer {
  const compressed = deflateRawSync(Buffer.alloc(bytes), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(
    0,
    -4,
  )
  return frame(TEXT | RSV1, compressed)
}

const gibibyte = Buffer.concat([Buffer.from([TEXT, 127]), Buffer.from('0000000040000000', 'hex')])
const beyond = Buffer.concat([Buffer.from([TEXT, 127]), Buffer.from('ffffffffffffffff', 'hex')])
const masked = Buffer.from([TEXT, 0x81, 1, 2, 3, 4, 5])
const fragments = Buffer.concat([
  frame(0x01, Buffer.from('a')),
  ...Array.from({ length: 20_000 }, () => frame(0x00, Buffer.from('a'))),
])

describe('a hostile upstream', () => {
  it.each([
    ['announces 1 GiB', gibibyte, 'too_big'],
    ['announces 2^64 bytes', beyond, 'too_big'],
    ['sends one byte too many', frame(TEXT, Buffer.alloc(1_001)), 'too_big'],
    ['sets a reserved bit', frame(TEXT | 0x20, Buffer.from('a')), 'protocol'],
    ['compresses without being asked', frame(TEXT | RSV1, Buffer.from('a')), 'protocol'],
    ['masks', masked, 'protocol'],
    ['uses an unknown opcode', frame(0x83, Buffer.from('a')), 'protocol'],
    ['goes on with a message it has not begun', frame(0x80, Buffer.from('a')), 'protocol'],
    ['closes with a code that does not exist', frame(0x88, Buffer.from([0, 1])), 'protocol'],
    ['sends 20,000 fragments', fragments, 'protocol'],
    ['sends text where frames should be', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
  ])('that %s is lost, after its good message', async (_what, bytes, reason) => {
    const { messages, lost } = await meet(bytes, { maxMessageBytes: bytes === fragments ? MIB : 1_000 })
    expect(texts(messages)).toEqual(['good'])
    expect(lost).toMatchObject({ reason, pace: 'normal' })
  })

  it('that sends a deflate bomb is lost', async () => {
    const { messages, lost } = await meet(bomb(64 * MIB), { compression: true })
    expect(texts(messages)).toEqual(['good'])
    expect(lost?.reason).toBe('too_big')
  })

  it('that sends what does not inflate is lost', async () => {
    const { lost } = await meet(frame(TEXT | RSV1, Buffer.from('ffffffffffff', 'hex')), { compression: true })
    expect(lost?.reason).toBe('protocol')
  })

  it('that hides many bombs of the allowed size in one read is cut off before they fill the memory', async () => {
    const one = bomb(MIB - 1)
    await using upstream = await startRawUpstream((socket, head) => {
      socket.write(Buffer.concat([Buffer.from(switching(head, DEFLATE)), ...Array.from({ length: 200 }, () => one)]))
    })
    const arrivals = sourceOf(upstream.url, { compression: true }).receive(
      new AbortController().signal,
      () => undefined,
    )
    const first = await arrivals.next()
    expect(first.done).toBe(false)
    // Nobody pulls until the connection is gone.
    await new Promise((resolve) => upstream.sockets[0]?.once('close', resolve))
    let bytes = 0
    const drain = async (): Promise<void> => {
      for await (const messages of arrivals) for (const { data } of messages) bytes += data.length
    }
    await expect(drain()).rejects.toMatchObject({ name: 'SourceLost', reason: 'too_big' })
    expect(bytes).toBeLessThan(20 * MIB)
  })

  it('that trickles a message in single bytes is cut off before the pieces fill the memory', async () => {
    const life = await meet(
      (socket) => {
        socket.setNoDelay(true)
        socket.write(Buffer.from([TEXT, 127, 0, 0, 0, 0, 0, 3, 0xff, 0xff]))
        const drip = (): void => {
          if (!socket.destroyed) socket.write('a', () => setImmediate(drip))
        }
        drip()
      },
      { maxMessageBytes: 262_143 },
    )
    expect(texts(life.messages)).toEqual(['good'])
    expect(life.lost?.reason).toBe('protocol')
  })

  it('that breaks off is lost, after what was whole', async () => {
    const { messages, lost } = await meet((socket) => {
      socket.end(Buffer.concat([frame(TEXT, Buffer.from('whole')), Buffer.from([TEXT, 10, 1, 2])]))
    })
    expect(texts(messages)).toEqual(['good', 'whole'])
    expect(lost).toMatchObject({ reason: 'closed', code: 1006 })
  })

  it('that resets is lost', async () => {
    const { lost } = await meet((socket) => void socket.resetAndDestroy())
    expect(lost).toMatchObject({ reason: 'closed', code: 1006 })
  })

  it('that floods with pings does not fill the memory with answers it never reads', async () => {
    const ping = Buffer.concat(Array.from({ length: 5_000 }, () => frame(0x89, Buffer.alloc(125))))
    const { lost } = await meet((socket) => {
      socket.pause()
      const flood = (): void => {
        if (!socket.destroyed) socket.write(ping, () => setImmediate(flood))
      }
      flood()
    })
    expect(lost).toMatchObject({ reason: 'closed', code: 1006 })
  })
})
